/** Every parameter style and body type, with an access token that is requested once. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startServer } from '../server/start-server.ts';
import { startStyleApi } from './style-api.ts';

await using api = await startStyleApi();
using folder = mkdtempDisposableSync(join(tmpdir(), 'rest-api-'));
const config = join(folder.path, 'config.yaml');
const declared = readFileSync(new URL('every-style-config.yaml', import.meta.url), 'utf8');
writeFileSync(config, declared.replaceAll(':8090', `:${api.port}`), { mode: 0o600 });
copyFileSync(new URL('every-style.yaml', import.meta.url), join(folder.path, 'every-style.yaml'));
await using server = await startServer({ config, env: { STYLE_CLIENT_SECRET: 'secret1234' } });

async function sent(tool: string, values: Record<string, unknown>): Promise<(typeof api.requests)[number]> {
  const response = await server.fetch(`/tools/style_${tool}/execute`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ arguments: values }),
  });
  assert.equal(response.status, 200, await response.text());
  const last = api.requests.at(-1);
  assert.ok(last);
  return last;
}

const inPath = await sent('inPath', { list: ['a/b', '..'], label: { k: 'v' }, matrix: [1, 2] });
assert.equal(inPath.url, '/v1/simple/a%2Fb,../label/.k=v/matrix/;matrix=1,2');

const inQuery = await sent('inQuery', {
  form: ['a', 'b&c'],
  commas: ['a', 'b'],
  spaces: ['a', 'b'],
  pipes: ['a', 'b'],
  deep: { color: 'red', size: { min: 1 } },
  reserved: 'a/b?c&d',
  json: { a: [1] },
});
assert.equal(
  inQuery.url,
  '/v1/query?form=a&form=b%26c&commas=a,b&spaces=a%20b&pipes=a|b&deep%5Bcolor%5D=red&deep%5Bsize%5D%5Bmin%5D=1' +
    '&reserved=a/b?c%26d&json=%7B%22a%22%3A%5B1%5D%7D',
);

const inHeaders = await sent('inHeaders', { 'X-List': ['a', 'b'], choice: 'dark; light' });
assert.deepEqual([inHeaders.headers['x-list'], inHeaders.headers['cookie']], ['a,b', 'choice=dark%3B%20light']);

assert.equal((await sent('asJson', { n: 7 })).body, '{"n":7}');
assert.equal((await sent('asForm', { body: { a: 'x y', b: ['1', '2'] } })).body, 'a=x+y&b=1&b=2');
assert.equal((await sent('asText', { body: 'plain' })).body, 'plain');
assert.equal((await sent('asBytes', { body: Buffer.from('bytes').toString('base64') })).body, 'bytes');
const file = { data: Buffer.from('content').toString('base64'), name: 'note.txt', type: 'text/plain' };
const { body } = await sent('asMultipart', { body: { note: 'n', file } });
assert.match(body, /name="file"; filename="note\.txt"\r\nContent-Type: text\/plain\r\n\r\ncontent\r\n/);

// One token for all of them; what operators see has no secret in it.
assert.equal(api.tokensIssued, 1);
const report = await (await server.fetch('/apis/style')).text();
const { operations, token, requests } = JSON.parse(report) as {
  operations: { operation: string; outcome: string; reason?: string }[];
  token: { state: string };
  requests: { requests: number };
};
assert.deepEqual([token.state, requests.requests], ['valid', api.requests.length]);
const [withheld, ...more] = operations.filter(({ outcome }) => outcome === 'withheld');
assert.deepEqual([withheld?.operation, more.length], ['POST /xml', 0]);
assert.ok(!/token-1|secret1234/.test(report));
console.log(withheld?.reason);
