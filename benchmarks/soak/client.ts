/** How the workers of the endurance run talk to the server. */
import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface Ask {
  /** @default that of the server whose turn it is */
  readonly port?: number;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Goes away after so many milliseconds, without waiting for the answer. */
  readonly abortAfterMs?: number;
}

/** With a second between two: as long as a machine that others use may keep a server or an engine from running. */
const MAX_ATTEMPTS = 10;

export const KEY = 'soak-key-0123456789abcdef';

/** Sends each request to the next of the servers. */
export class Client {
  readonly #ports: readonly number[];
  #id = 0;
  #asked = 0;
  #repeated = 0;

  constructor(ports: readonly number[]) {
    this.#ports = ports;
  }

  /** That of the server whose turn it is. */
  nextPort(): number {
    return this.#ports[this.#asked++ % this.#ports.length] ?? 0;
  }

  /** How often a server asked to send a request again, which it does while it waits for the shared Redis or PostgreSQL. */
  get repeated(): number {
    return this.#repeated;
  }

  /** `undefined` when it was aborted. */
  async ask(what: Ask): Promise<Reply | undefined> {
    for (let attempt = 1; ; attempt++) {
      const reply = await this.#send(what);
      const retryAfter = Number(reply?.headers['retry-after']);
      if (reply?.status !== 503 || !(retryAfter > 0) || attempt === MAX_ATTEMPTS) return reply;
      this.#repeated++;
      await wait(retryAfter * 1000);
    }
  }

  #send({
    port = this.nextPort(),
    method = 'POST',
    path = '/mcp',
    headers = {},
    body,
    abortAfterMs,
  }: Ask): Promise<Reply | undefined> {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          port,
          host: '127.0.0.1',
          method,
          path,
          headers: {
            authorization: `Bearer ${KEY}`,
            ...(body !== undefined && { 'content-type': 'application/json' }),
            ...(path === '/mcp' && { accept: 'application/json, text/event-stream' }),
            ...headers,
          },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
          response.once('error', () => resolve(undefined));
        },
      );
      sent.once('error', (error) => (abortAfterMs === undefined ? reject(error) : resolve(undefined)));
      if (abortAfterMs !== undefined) setTimeout(() => sent.destroy(new Error('gave up')), abortAfterMs);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** One call of a tool in either era; the text of the answer. What `meta` names replaces what is usual. */
  async call(
    era: 'modern' | 'legacy',
    name: string,
    args: Readonly<Record<string, unknown>>,
    more: Ask & { readonly meta?: Readonly<Record<string, unknown>> } = {},
  ): Promise<string | undefined> {
    const id = ++this.#id;
    const meta =
      era === 'modern'
        ? {
            'io.modelcontextprotocol/protocolVersion': '2026-07-28',
            'io.modelcontextprotocol/clientInfo': { name: 'soak', version: '1.0.0' },
            'io.modelcontextprotocol/clientCapabilities': {},
            ...more.meta,
          }
        : more.meta;
    const modern = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': name };
    const reply = await this.ask({
      ...more,
      headers: { ...(era === 'modern' && modern), ...more.headers },
      body: {
        jsonrpc: '2.0',
        id,
        method: 'tools/call',
        params: { name, arguments: args, ...(meta && { _meta: meta }) },
      },
    });
    if (reply === undefined) return undefined;
    if (reply.status !== 200 || !reply.text.includes(`"id":${id}`)) {
      throw new Error(`${name} in the ${era} era: ${reply.status} ${reply.text.slice(0, 200)}`);
    }
    return reply.text;
  }

  async openSession(): Promise<Record<string, string>> {
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'soak', version: '1.0.0' } };
    const reply = await this.ask({ body: { jsonrpc: '2.0', id: 0, method: 'initialize', params } });
    const id = reply?.headers['mcp-session-id'];
    if (typeof id !== 'string') throw new Error(`no session: ${reply?.status} ${reply?.text.slice(0, 200)}`);
    return { 'mcp-session-id': id };
  }
}
