/** The first block of the README of @mcp/openapi-tools, which is checked against this file. */
import assert from 'node:assert/strict';

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defineHttpTool, staticCredentials } from '@mcp/openapi-tools';
import { callTool, Tool } from '@mcp/tool-base';

const api = createServer(({ url }, response) => {
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ pieces: 7, path: url }));
}); // in place of your API
await new Promise<void>((listening) => api.listen(0, '127.0.0.1', listening));
const baseUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;

const stock = defineHttpTool(
  {
    name: 'stock',
    description: 'How many pieces of an article are in stock',
    parameters: { article: { type: 'string', maxLength: 40 } },
    http: { url: `${baseUrl}/articles/{article}/stock` },
  },
  { private: true, credentials: staticCredentials({ type: 'bearer', token: 'example-token' }) },
);
const tool = new Tool(stock);
const call = (article: string) => callTool(tool, { arguments: { article }, caller: { name: 'ana' } });
const [found, refused] = [await call('A7'), await call('..')];
console.log(found.structured, refused.error?.message);
// { pieces: 7, path: '/articles/A7/stock' } article must not be . or .., or have .. beside a slash, because it is a part of the path.
api.close();

assert.deepEqual(found.structured, { pieces: 7, path: '/articles/A7/stock' });
assert.equal(refused.error?.type, 'validation_error');
