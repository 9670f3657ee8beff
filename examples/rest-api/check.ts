/** The tools of tools.yaml called over HTTP: values stay where they belong, and the credential stays with the server. */
import assert from 'node:assert/strict';
import { mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startServer } from '../server/start-server.ts';
import { startStockApi } from './stock-api.ts';

await using api = await startStockApi();
using folder = mkdtempDisposableSync(join(tmpdir(), 'rest-api-'));
const config = join(folder.path, 'tools.yaml');
const declared = readFileSync(new URL('tools.yaml', import.meta.url), 'utf8');
writeFileSync(config, declared.replaceAll(':8090/', `:${api.port}/`), { mode: 0o600 });
await using server = await startServer({ config, env: { STOCK_API_TOKEN: 'example-token' } });

async function call(tool: string, values: Record<string, unknown>): Promise<{ status: number; text: string }> {
  const response = await server.fetch(`/tools/${tool}/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ arguments: values }),
  });
  return { status: response.status, text: await response.text() };
}

const stock = await call('stock', { article: 'A/7 b', warehouse: 'north' });
assert.equal(stock.status, 200, stock.text);
assert.equal(api.received.at(-1)?.url, '/articles/A%2F7%20b/stock?warehouse=north');
assert.equal(api.received.at(-1)?.headers.authorization, 'Bearer example-token');
assert.ok(!stock.text.includes('example-token'));
console.log(stock.text);

const order = await call('order', { article: 'A7', pieces: 3 });
assert.equal(order.status, 200, order.text);
assert.equal(api.received.at(-1)?.body, '{"article":"A7","pieces":3}');

const before = api.received.length;
for (const hostile of [{ article: '..' }, { article: '.' }, { article: '' }, { article: 7 }, { path: 'x' }]) {
  const { status, text } = await call('stock', hostile);
  assert.equal(status, 400, text);
}
assert.equal(api.received.length, before);
