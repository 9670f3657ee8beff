import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

import { callTool, Tool, type ToolDefinition, type ToolResult } from '@mcp/tool-base';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface LocalApi extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
}

/** A real listener on loopback. It keeps what it received, then lets `answer` respond; without one it answers `{}`. */
export async function startLocalApi(answer?: RequestListener): Promise<LocalApi> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      received.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
      if (answer === undefined) response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      else answer(request, response);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

export function call(definition: ToolDefinition, values: Readonly<Record<string, unknown>> = {}): Promise<ToolResult> {
  return callTool(new Tool(definition), { arguments: values, caller: { name: 'ana' } });
}
