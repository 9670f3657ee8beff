/** An MCP server over HTTP whose every answer a test decides, in either era. It checks nothing. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly method: string;
  readonly headers: IncomingMessage['headers'];
  readonly message: {
    readonly id?: number | string;
    readonly method?: string;
    readonly params?: Record<string, unknown>;
  };
}

export type Answer = (received: Received, response: ServerResponse) => unknown;

export interface ScriptedServer {
  readonly url: string;
  readonly received: Received[];
  readonly http: Server;
  /** Messages by method of the protocol. */
  countOf(method: string): number;
}

const DISCOVERED = { resultType: 'complete', supportedVersions: ['2026-07-28'], ttlMs: 0, cacheScope: 'private' };

/**
 * @param answers by method; what is returned is the result, at once or later; `undefined` means that the test has written the response
 * @param capabilities what it says that it has
 */
export async function scriptedServer(
  era: '2025' | '2026',
  answers: Readonly<Record<string, Answer>>,
  capabilities: object = { tools: {} },
): Promise<ScriptedServer> {
  const received: Received[] = [];
  const server = createServer((request, response) => void handle(request, response));
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const text = (await request.toArray()).join('');
    const message = text === '' ? {} : (JSON.parse(text) as Received['message']);
    const each: Received = { method: request.method ?? '', headers: request.headers, message };
    received.push(each);
    const name = message.method ?? `HTTP ${request.method}`;
    const answer = answers[name] ?? standard[name];
    if (answer === undefined || message.method?.startsWith('notifications/')) {
      const own = answers[name];
      if (own !== undefined && own(each, response) === undefined) return;
      response.writeHead(message.method === undefined ? 405 : 202).end();
      return;
    }
    const result = await answer(each, response);
    if (result !== undefined) respond(response, { jsonrpc: '2.0', id: message.id, result });
  };
  const standard: Record<string, Answer> =
    era === '2026'
      ? { 'server/discover': () => ({ ...DISCOVERED, capabilities }) }
      : {
          'server/discover': (_, response) => void response.writeHead(400).end('no session'),
          initialize: (_, response) => {
            response.setHeader('mcp-session-id', 'one');
            return {
              protocolVersion: '2025-11-25',
              capabilities,
              serverInfo: { name: 'scripted', version: '1' },
            };
          },
        };
  server.listen(0, '127.0.0.1');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    received,
    http: server,
    countOf: (method) => received.filter(({ message }) => message.method === method).length,
  };
}

function respond(response: ServerResponse, message: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(message));
}
