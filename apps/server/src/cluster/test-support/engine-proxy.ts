/** Stands between a server and its engine, and makes the engine slow, or answers in its place. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class EngineProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #forgotten = new WeakSet<Socket>();
  /** What every command gets instead of its answer, such as `LOADING reading data`. */
  failure: string | undefined;
  /** How long every answer is kept back. */
  delayMs = 0;
  /** How many it passes on at the same time; any more are closed. */
  maxConnections = Infinity;
  /** Connections so far. */
  connections = 0;

  private constructor(enginePort: number) {
    this.#server = createServer((client) => {
      this.connections += 1;
      // Each that is passed on has two sockets.
      if (this.#sockets.size / 2 >= this.maxConnections) {
        client.destroy();
        return;
      }
      const engine = connect(enginePort, '127.0.0.1');
      for (const socket of [client, engine]) {
        this.#sockets.add(socket);
        socket.setNoDelay(true).on('error', () => {});
        socket.on('close', () => {
          this.#sockets.delete(socket);
          client.destroy();
          engine.destroy();
        });
      }
      client.on('data', (data) => {
        if (this.#forgotten.has(client)) return undefined;
        if (this.failure === undefined) return engine.write(data);
        const commands = data.toString('latin1').match(/^\*\d+\r$/gmu) ?? [];
        return client.write(commands.map(() => `-${this.failure}\r\n`).join(''));
      });
      engine.on('data', (data) => {
        if (this.#forgotten.has(engine)) return;
        if (this.delayMs === 0) client.write(data);
        else setTimeout(() => client.write(data), this.delayMs);
      });
    });
  }

  static async start(enginePort: number): Promise<EngineProxy> {
    const proxy = new EngineProxy(enginePort);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  closeConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** As a firewall that is restarted: the connections that are there pass nothing on any more, and neither end is notified. */
  forgetConnections(): void {
    this.#forgotten = new WeakSet(this.#sockets);
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.closeConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
