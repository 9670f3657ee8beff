/** What the servers under test talk to: an upstream and an API, both served by this process. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { serve } from '@hono/node-server';
import { createMcpHonoApp } from '@modelcontextprotocol/hono';
import { createMcpHandler } from '@modelcontextprotocol/server';

import { apiDocument, smallApi } from './small-api.ts';
import { upstreamServer } from './upstream-tools.ts';

export interface Peers extends AsyncDisposable {
  readonly upstreamUrl: string;
  readonly apiUrl: string;
  /** The path of its OpenAPI document. */
  readonly apiDocument: string;
}

export async function startPeers(folder: string): Promise<Peers> {
  const handler = createMcpHandler(upstreamServer);
  const upstream = createMcpHonoApp();
  upstream.all('/mcp', (context) => handler.fetch(context.req.raw, { parsedBody: context.get('parsedBody' as never) }));
  const servers = [await listen(upstream.fetch), await listen(smallApi.fetch)] as const;
  const file = join(folder, 'shop.json');
  writeFileSync(file, JSON.stringify(apiDocument));
  return {
    upstreamUrl: `${servers[0].url}/mcp`,
    apiUrl: servers[1].url,
    apiDocument: file,
    async [Symbol.asyncDispose]() {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

async function listen(
  fetch: Parameters<typeof serve>[0]['fetch'],
): Promise<{ readonly url: string; stop(): Promise<unknown> }> {
  const server = serve({ fetch, port: 0, hostname: '127.0.0.1' });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop() {
      const closed = once(server, 'close');
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      return closed;
    },
  };
}
