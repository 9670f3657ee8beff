/** A document of 900 operations: a short list, a search that finds the tool, and a call of it. */
import assert from 'node:assert/strict';
import { mkdtempDisposableSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startServer } from '../server/start-server.ts';
import { startStockApi } from './stock-api.ts';

const THINGS = Array.from({ length: 300 }, (_, at) => `thing${at}`);
const named = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };
const responses = { 200: { description: 'OK' } };
const pathsOf = (thing: string): [string, object][] => [
  [`/${thing}`, { get: { operationId: `list_${thing}`, summary: `All records of ${thing}`, responses } }],
  [`/${thing}/{id}`, { get: { operationId: `get_${thing}`, summary: `One ${thing}`, parameters: [named], responses } }],
  [
    `/${thing}/{id}/history`,
    { get: { operationId: `history_${thing}`, summary: `Changes of a ${thing}`, parameters: [named], responses } },
  ],
];
const document = {
  openapi: '3.0.3',
  info: { title: 'Large', version: '1.0.0' },
  paths: Object.fromEntries(THINGS.flatMap(pathsOf)),
};

await using api = await startStockApi();
using folder = mkdtempDisposableSync(join(tmpdir(), 'rest-api-'));
const config = join(folder.path, 'config.json');
const large = {
  document: { file: 'large.json' },
  baseUrl: `http://127.0.0.1:${api.port}`,
  auth: { type: 'bearer', token: { variable: 'STOCK_API_TOKEN' } },
  egress: { private: true },
};
writeFileSync(join(folder.path, 'large.json'), JSON.stringify(document));
const values = { toolSearch: 'auto', federation: { alwaysListed: ['large_get_thing7'] }, apis: { large } };
writeFileSync(config, JSON.stringify(values), { mode: 0o600 });
await using server = await startServer({ config, env: { STOCK_API_TOKEN: 'example-token' } });

async function ask(method: string, params: Record<string, unknown>): Promise<Record<string, unknown>> {
  const response = await server.fetch('/mcp', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  // One message, which some revisions of the protocol send as an event.
  const text = (await response.text()).replace(/^event: message\n(?:id: .*\n)?data: /, '');
  return (JSON.parse(text) as { result: Record<string, unknown> }).result;
}

const { apis } = (await (await server.fetch('/apis')).json()) as { apis: { operations: { offered: number } }[] };
assert.equal(apis[0]?.operations.offered, 900);

const listed = (await ask('tools/list', {}))['tools'] as { name: string }[];
const names = listed.map(({ name }) => name);
for (const name of ['search_tools', 'describe_tool', 'call_tool', 'large_get_thing7']) assert.ok(names.includes(name));
assert.ok(!names.includes('large_get_thing8'));

const found = await ask('tools/call', { name: 'search_tools', arguments: { search: 'history of thing42' } });
const [{ text: foundText }] = found['content'] as [{ text: string }];
const { tools } = JSON.parse(foundText) as { tools: { name: string }[] };
assert.ok(tools.some(({ name }) => name === 'large_history_thing42'));

const called = await ask('tools/call', {
  name: 'call_tool',
  arguments: { name: 'large_history_thing42', arguments: { id: 'a/b' } },
});
assert.equal(called['isError'] ?? false, false);
assert.equal(api.received.at(-1)?.url, '/thing42/a%2Fb/history');
console.log(names.join(', '));
