/** How the workers of the endurance run talk to the server. */
import { request } from 'node:http';

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Goes away after so many milliseconds, without waiting for the answer. */
  readonly abortAfterMs?: number;
}

export const KEY = 'soak-key-0123456789abcdef';

export class Client {
  readonly port: number;
  #id = 0;

  constructor(port: number) {
    this.port = port;
  }

  /** `undefined` when it was aborted. */
  ask({ method = 'POST', path = '/mcp', headers = {}, body, abortAfterMs }: Ask): Promise<Reply | undefined> {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          port: this.port,
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

  /** One call of a tool in either era; the text of the answer. */
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
