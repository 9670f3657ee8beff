import { once } from 'node:events';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Server as SocketServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';

import type { SystemMetrics, SystemRequest } from '@mcp/metrics';
import type { Hono } from 'hono';

import { acceptWaiting, type ListeningHandle } from '../../foundation/accept-waiting.ts';
import { clientUrl } from '../../foundation/client-url.ts';
import { systemClock, type Clock } from '../../foundation/clock.ts';
import { keepAliveMs } from '../../configuration/settings/milliseconds.ts';
import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { connectionsPerWorker } from '../../configuration/settings/worker-share.ts';
import { http } from '../../foundation/node-http.ts';
import { reject } from '../../foundation/problem-details.ts';
import { listenError, type ListenSettings } from '../../foundation/start-error.ts';
import { hostAndOriginLists, type HostAndOriginLists } from './guard/host-and-origin.ts';
import { MAX_WAITING_REQUESTS } from './connections/connection.ts';
import { ConnectionTable } from './connections/connection-table.ts';
import { lingerOnClose } from './connections/lingering-close.ts';
import { WriteDeadline } from '../../foundation/write-deadline.ts';
import { createRequestHandler, tooManyConnections } from './request-handler.ts';
import type { DirectRoute } from './routing/direct-handler.ts';
import type { RejectionLog } from './routing/rejection-log.ts';
import type { HttpEnv } from './routing/request-context.ts';
import { applyServerLimits, httpServerOptions } from './http-server-options.ts';

export interface HttpListenerOptions {
  readonly router: () => Hono<HttpEnv>;
  /** @default none */
  readonly directRoutes?: readonly DirectRoute[];
  readonly values: ServerConfig;
  readonly port: number;
  readonly system: SystemMetrics;
  readonly rejections: RejectionLog;
  /** Resolves when closing the listener resets no connection. @default of this process; in a worker, its primary has the listener */
  readonly acceptWaiting?: () => Promise<void>;
  /** Between two looks at the connections that are idle. @default 0.25 s */
  readonly pause?: () => PromiseLike<unknown>;
  /** @default systemClock */
  readonly clock?: Clock;
}

const tooManyPipelined = reject(
  429,
  'too_many_pipelined_requests',
  `A connection may have at most ${MAX_WAITING_REQUESTS} requests waiting for the response before them.`,
);

const PAUSE_MS = 250;
const MAX_PAUSES = 8;
/** How long open connections may take to end before they are closed. */
const CLOSE_TIMEOUT_MS = 1000;

/** One HTTP listener: binds, handles requests, measures, and closes without waiting for idle connections. */
export class HttpListener {
  readonly #server: Server;
  readonly #connections: ConnectionTable;
  readonly #writeDeadline: WriteDeadline;
  readonly #host: string;
  readonly #port: number;
  readonly #acceptWaiting: () => Promise<void>;
  #values: ServerConfig;
  #policy: HostAndOriginLists | undefined;
  readonly #pause: () => PromiseLike<unknown>;
  /** Requests since the start. */
  #requests = 0;
  #stopping: Promise<void> | undefined;
  #closed: Promise<unknown> | undefined;

  constructor(options: HttpListenerOptions) {
    const { router, directRoutes, values, port, system, rejections, clock = systemClock } = options;
    this.#values = values;
    this.#host = values.server.host;
    this.#port = port;
    this.#pause = options.pause ?? (() => setTimeout(PAUSE_MS));
    this.#acceptWaiting =
      options.acceptWaiting ??
      (() => acceptWaiting([(this.#server as unknown as { _handle: ListeningHandle })._handle], clock));
    this.#connections = new ConnectionTable(connectionsPerWorker(values.server));
    this.#writeDeadline = new WriteDeadline({ connections: this.#connections, clock });
    const handle = createRequestHandler(router, () => this.#currentPolicy(), rejections, directRoutes);
    const handleNext = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
      this.#requests += 1;
      const connection = this.#connections.get(incoming.socket);
      let request: SystemRequest | undefined;
      const accepted = connection?.handle(
        outgoing,
        () => {
          request = system.requestStarted();
          handle(incoming, outgoing, connection);
        },
        () => request?.end(outgoing.statusCode !== 500),
      );
      if (accepted === false) rejections.record(incoming, tooManyPipelined);
    };
    this.#server = http.createServer(httpServerOptions, handleNext);
    // Without this listener Node would ask for the body before the request is checked.
    this.#server.on('checkContinue', handleNext);
    // An expectation that the server does not know may be ignored (RFC 9110 section 10.1.1). Node answers 417 without a word.
    this.#server.on('checkExpectation', handleNext);
    this.#server.on('connection', (socket) => {
      const connection = this.#connections.add(socket);
      if (!connection) return rejections.record({ socket }, tooManyConnections);
      if (this.#stopping) connection.release();
      lingerOnClose(socket, () => connection.last, clock);
      const counted = system.connectionOpened();
      socket.once('close', () => counted[Symbol.dispose]());
    });
    applyServerLimits(
      this.#server,
      keepAliveMs(values.server),
      (socket) => this.#connections.get(socket as Socket)?.isIdle === false,
      (socket, rejection) => rejections.record({ socket: socket as Socket }, rejection),
    );
  }

  /**
   * @param settings the settings to name in errors
   * @returns the URL that clients use, without a trailing slash
   * @throws {StartError} when the port cannot be bound
   */
  async listen(settings?: ListenSettings): Promise<string> {
    this.#server.listen(this.#port, this.#host);
    try {
      await once(this.#server, 'listening');
    } catch (error) {
      throw listenError(error as NodeJS.ErrnoException, this.#host, this.#port, settings);
    }
    const { address, port } = this.#server.address() as AddressInfo;
    return clientUrl(address, port);
  }

  /** Connections since the start that were closed at once because `server.maxConnections` were open. */
  get connectionsRejected(): number {
    return this.#connections.rejected;
  }

  /** Applies the settings that can change at run time: hosts, origins, connection limit, keep-alive. */
  apply(values: ServerConfig): void {
    this.#values = values;
    this.#policy = undefined;
    this.#connections.maxConnections = connectionsPerWorker(values.server);
    this.#server.keepAliveTimeout = keepAliveMs(values.server);
  }

  /**
   * Ends each connection that is open now with its next response: whoever opens another one may get it elsewhere. A connection opened
   * later is kept, so that a proxy which still opens them here opens few while {@link stopListening} closes the listener.
   */
  releaseConnections(): void {
    for (const connection of this.#connections) connection.release();
  }

  /**
   * Closes the connections without a request, and later each that has answered its last. A proxy may be sending a request on one, which
   * would be lost: so this waits two seconds for those whose proxy closes what is idle sooner, and for the response to what has come last.
   */
  async closeIdleConnections(): Promise<void> {
    const hasIdle = (): boolean => [...this.#connections].some(({ isIdle }) => isIdle);
    for (let [pauses, before] = [0, -1]; pauses < MAX_PAUSES && this.#connections.size > 0; pauses++) {
      if (!hasIdle() && this.#requests === before) break;
      before = this.#requests;
      await this.#pause();
    }
    for (const connection of this.#connections) connection.closeWhenIdle();
  }

  /** Takes no new connections; a proxy that is refused one sends the request elsewhere. Open ones end with their next response. */
  async stopListening(): Promise<void> {
    if (this.#server.listening) await (this.#stopping ??= this.#stopListening());
  }

  async close(): Promise<void> {
    await this.stopListening();
    const closed = this.#closed;
    if (!closed) return;
    this.#writeDeadline[Symbol.dispose]();
    this.#server.close();
    await Promise.race([closed, setTimeout(CLOSE_TIMEOUT_MS, undefined, { ref: false })]);
    this.#server.closeAllConnections();
    await closed;
  }

  async #stopListening(): Promise<void> {
    this.releaseConnections();
    await this.#acceptWaiting();
    this.#closed = once(this.#server, 'close');
    // Not the method of HTTP, which closes idle connections too: a proxy may just be sending a request on one of them.
    SocketServer.prototype.close.call(this.#server);
  }

  #currentPolicy(): HostAndOriginLists {
    // Known only while listening: with port 0 the system chooses a free port.
    return (this.#policy ??= hostAndOriginLists({
      host: this.#host,
      port: (this.#server.address() as AddressInfo).port,
      allowedHosts: this.#values.security.allowedHosts,
      allowedOrigins: this.#values.security.allowedOrigins,
    }));
  }
}
