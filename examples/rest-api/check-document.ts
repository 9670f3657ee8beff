/** The operations of stock.yaml called over HTTP through apis.yaml. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startServer } from '../server/start-server.ts';
import { startStockApi } from './stock-api.ts';

await using api = await startStockApi();
using folder = mkdtempDisposableSync(join(tmpdir(), 'rest-api-'));
const config = join(folder.path, 'apis.yaml');
const declared = readFileSync(new URL('apis.yaml', import.meta.url), 'utf8');
writeFileSync(config, declared.replace(':8090', `:${api.port}`), { mode: 0o600 });
copyFileSync(new URL('stock.yaml', import.meta.url), join(folder.path, 'stock.yaml'));
await using server = await startServer({ config, env: { STOCK_API_TOKEN: 'example-token' } });

async function call(tool: string, values: Record<string, unknown>): Promise<{ status: number; text: string }> {
  const response = await server.fetch(`/tools/${tool}/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ arguments: values }),
  });
  return { status: response.status, text: await response.text() };
}

const stock = await call('stock_getStock', { article: 'A/7', warehouse: ['north', 'south'], filter: { color: 'red' } });
assert.equal(stock.status, 200, stock.text);
assert.equal(api.received.at(-1)?.url, '/articles/A%2F7/stock?warehouse=north&warehouse=south&filter%5Bcolor%5D=red');

const order = await call('stock_order', { article: 'A7', pieces: 2, note: null });
assert.equal(order.status, 200, order.text);
assert.equal(api.received.at(-1)?.body, '{"article":"A7","pieces":2,"note":null}');

assert.equal((await call('stock_order', { article: 'A7', pieces: 0 })).status, 400);
assert.equal((await call('stock_getStock', { article: '..' })).status, 400);
assert.equal((await call('stock_cancelEverything', {})).status, 404);
console.log(stock.text);
