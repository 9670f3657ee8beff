/** The first block of the README of @mcp/openapi-tools, which is checked against this file. */
import assert from 'node:assert/strict';

import { defineHttpTool, staticCredentials } from '@mcp/openapi-tools';
import { callTool, Tool } from '@mcp/tool-base';
import { startStockApi } from './rest-api/stock-api.ts';

await using api = await startStockApi();
const baseUrl = `http://127.0.0.1:${api.port}`;

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
console.log((await call('A7')).structured, (await call('..')).error?.message);
// { pieces: 7, path: '/articles/A7/stock' } article must not be . or .., because it is a part of the path.

assert.deepEqual((await call('A7')).structured, { pieces: 7, path: '/articles/A7/stock' });
assert.equal((await call('..')).error?.type, 'validation_error');
