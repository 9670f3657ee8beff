/** The first block of the README of @mcp/upstreams, which is checked against this file. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { serve } from '@hono/node-server';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { callTool, Tool } from '@mcp/tool-base';
import { Upstream } from '@mcp/upstreams';
import * as z from 'zod';

const { fetch } = createMcpHandler(() => {
  const server = new McpServer({ name: 'weather', version: '1.0.0' });
  const inputSchema = z.object({ city: z.string() });
  server.registerTool('forecast', { description: 'Says how it will be', inputSchema }, ({ city }) => ({
    content: [{ type: 'text', text: `Sunny in ${city}` }],
  }));
  return server;
});
const elsewhere = serve({ fetch: (request) => fetch(request), port: 0, hostname: '127.0.0.1' });
await once(elsewhere, 'listening');
const url = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/mcp`;

const listed = Promise.withResolvers<void>();
await using weather = new Upstream({ key: 'weather', http: { url } }, ({ type }) => {
  if (type === 'tools') listed.resolve();
});
weather.start();
await listed.promise;
const [definition] = weather.tools; // weather_forecast
const tool = new Tool(definition!);
const result = await callTool(tool, { arguments: { city: 'Bern' }, caller: { name: 'ana' } });
console.log(tool.name, result.content); // weather_forecast [ { type: 'text', text: 'Sunny in Bern' } ]

assert.equal(tool.name, 'weather_forecast');
assert.deepEqual(result.content, [{ type: 'text', text: 'Sunny in Bern' }]);
elsewhere.close();
