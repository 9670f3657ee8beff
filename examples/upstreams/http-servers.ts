/** What the example connects to: a server with sessions (2025 era), one without (2026 era), and who issues its tokens. */
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

import { getRequestListener } from '@hono/node-server';
import { McpServer as McpServer2025 } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';

export interface Listening extends Disposable {
  readonly port: number;
}

/** A tool that says how often it was called in its session. */
export function startCounter(): Promise<Listening> {
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  return listen((request, response) => {
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? sessions.get(id) : undefined;
    void (known ?? openSession(sessions)).handleRequest(request, response);
  });
}

function openSession(sessions: Map<string, StreamableHTTPServerTransport>): StreamableHTTPServerTransport {
  const transport = new StreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => void sessions.set(id, transport),
  });
  const server = new McpServer2025({ name: 'counter', version: '1.0.0' });
  let calls = 0;
  server.registerTool('count', { description: 'Says how often it was called' }, () => {
    calls += 1;
    return { content: [{ type: 'text', text: `call ${calls}` }] };
  });
  void server.connect(transport);
  return transport;
}

/** A tool for holders of the token. */
export function startWeather(token: string): Promise<Listening> {
  const { fetch } = createMcpHandler(() => {
    const server = new McpServer({ name: 'weather', version: '1.0.0' });
    const inputSchema = z.object({ city: z.string() });
    server.registerTool('forecast', { description: 'Says how it will be', inputSchema }, ({ city }) => ({
      content: [{ type: 'text', text: `Sunny in ${city}` }],
    }));
    return server;
  });
  return listen(
    getRequestListener((request) => {
      if (request.headers.get('authorization') === `Bearer ${token}`) return fetch(request);
      return new Response('no valid token', { status: 401 });
    }),
  );
}

/** Issues the token to the client with the secret. */
export function startIssuer(secret: string, token: string): Promise<Listening> {
  return listen((request, response) => {
    // Both parts are form-encoded before they are joined (RFC 6749, 2.3.1).
    const [, given = ''] = request.headers.authorization?.split(' ') ?? [];
    const isKnown = decodeURIComponent(Buffer.from(given, 'base64').toString()) === `gateway:${secret}`;
    const answer = isKnown
      ? { access_token: token, token_type: 'Bearer', expires_in: 3600 }
      : { error: 'invalid_client' };
    response.writeHead(isKnown ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
}

async function listen(handle: (...given: Parameters<RequestListener>) => unknown): Promise<Listening> {
  const server = createServer((request, response) => void handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.dispose]: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
