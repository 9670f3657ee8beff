/** The tools of four MCP servers called through one: published programs, both protocol eras, a token by client credentials. */
import assert from 'node:assert/strict';
import { mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { startServer } from '../server/start-server.ts';
import { startCounter, startIssuer, startWeather } from './http-servers.ts';

const SECRET = 'example-client-secret';
using counter = await startCounter();
using weather = await startWeather('example-access-token');
using issuer = await startIssuer(SECRET, 'example-access-token');
using folder = mkdtempDisposableSync(join(tmpdir(), 'upstreams-'));
writeFileSync(join(folder.path, 'hello.txt'), 'Hello from a file');

const folderOf = (manifest: string): string => dirname(fileURLToPath(manifest));
const everything = folderOf(import.meta.resolve('@modelcontextprotocol/server-everything/package.json'));
const filesystem = folderOf(import.meta.resolve('@modelcontextprotocol/server-filesystem/package.json'));
const config = join(folder.path, 'upstreams.yaml');
const declared = readFileSync(new URL('upstreams.yaml', import.meta.url), 'utf8')
  .replace('/opt/mcp/server-everything', everything)
  .replace('/opt/mcp/server-filesystem', filesystem)
  .replaceAll('[node,', `[${process.execPath},`)
  .replaceAll('/srv/data', folder.path)
  .replace(':8091/', `:${counter.port}/`)
  .replace(':8092/', `:${weather.port}/`)
  .replace(':8093/', `:${issuer.port}/`);
const lockFile = join(folder.path, 'upstreams.lock.json');
writeFileSync(config, `${declared}federation: { lockFile: ${lockFile} }\n`, { mode: 0o600 });
await using server = await startServer({ config, env: { WEATHER_CLIENT_SECRET: SECRET } });

/** Lists are read in the background. */
async function offered(): Promise<string[]> {
  const { tools } = (await (await server.fetch('/tools')).json()) as { tools: { name: string }[] };
  return tools.map(({ name }) => name);
}
const wanted = ['everything_echo', 'files_read_text_file', 'counter_count', 'weather_forecast'];
const giveUpAt = Date.now() + 60_000;
const areOffered = async (): Promise<boolean> => {
  const names = await offered();
  return wanted.every((name) => names.includes(name));
};
while (!(await areOffered())) {
  assert.ok(Date.now() < giveUpAt, await (await server.fetch('/upstreams')).text());
  await setTimeout(200);
}

async function call(tool: string, values: object): Promise<string> {
  const response = await server.fetch(`/tools/${tool}/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ arguments: values }),
  });
  return response.text();
}

assert.match(await call('everything_echo', { message: 'hi there' }), /hi there/);
assert.match(await call('files_read_text_file', { path: join(folder.path, 'hello.txt') }), /Hello from a file/);
assert.match(await call('counter_count', {}), /call 1/);
assert.match(await call('counter_count', {}), /call 2/);
assert.match(await call('weather_forecast', { city: 'Bern' }), /Sunny in Bern/);
assert.ok(!(await offered()).includes('everything_get-env'), 'a tool that is not included is not offered');

const { upstreams } = (await (await server.fetch('/upstreams')).json()) as {
  upstreams: { key: string; kind: string; protocol: { era: string } }[];
};
for (const { key, kind, protocol } of upstreams) console.log(`${key}: ${kind}, ${protocol.era} era`);
const eras = upstreams.map(({ key, protocol }) => [key, protocol.era]);
assert.deepEqual(Object.fromEntries(eras), { everything: '2025', files: '2025', counter: '2025', weather: '2026' });
