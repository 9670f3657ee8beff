/** Documents that mean harm: each is refused with a reason, or loses what is wrong with it and nothing else. */
import { expect, test } from 'vitest';

import { ApiClient } from '../egress/api-client.ts';
import { DocumentError } from './document-error.ts';
import { loadDocument } from './load-document.ts';
import { operationsOf, type Operations } from './operations-of.ts';

type Json = Record<string, unknown>;

const GOOD = { '/good': { get: { operationId: 'good' } } };
const client = new ApiClient({ baseUrl: 'https://api.invalid' });

function json(paths: Json, more: Json = {}): string {
  return JSON.stringify({ openapi: '3.1.0', info: {}, paths: { ...paths, ...GOOD }, ...more });
}
const get = (operation: Json): Json => ({ '/a': { get: { operationId: 'a', ...operation } } });
const query = (schema: unknown): Json => get({ parameters: [{ name: 'q', in: 'query', schema }] });
const body = (content: Json): Json => ({
  '/a': { post: { operationId: 'a', requestBody: { required: true, content } } },
});
const schemas = (given: Json): Json => ({ components: { schemas: given } });
const numbered = (count: number, one: (at: number) => [string, unknown]): Json =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => one(at)));
const aliases = Array.from({ length: 8 }, (_, at) => {
  const last = at === 0 ? 'x' : `*a${at - 1}`;
  return `a${at}: &a${at} [${Array(10).fill(last).join(',')}]`;
});

async function plan(text: string | Uint8Array): Promise<Operations> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  return operationsOf(await loadDocument(bytes), { client, operations: { include: [{}] } });
}

test.each<[string, string | Uint8Array, RegExp]>([
  ['of 11 MiB', `{"openapi":"3.1.0","x":"${'x'.repeat(11 * 1024 * 1024)}"}`, /11 MiB/],
  ['with 6,000 operations', json(numbered(6000, (at) => [`/p${at}`, { get: {} }])), /more than 5000 operations/],
  ['whose aliases multiply', ['openapi: 3.0.0', ...aliases].join('\n'), /aliases stand for too much/],
  ['that is an alias of itself', 'openapi: 3.0.0\npaths: &p\n  /a: *p\n', /aliases stand for too much/],
  ['in YAML nested 200 times', `openapi: 3.0.0\nx: ${'['.repeat(200)}${']'.repeat(200)}`, /maxDepth/],
  ['with a tag of a program', 'openapi: 3.0.0\nx: !!js/function "function(){}"', /unknown scalar tag/],
  ['with a tag that draws on a terminal', 'openapi: 3.0.0\nx: !a\u0085b 1', /^[ -~]*$/],
  ['with a key twice', 'openapi: 3.0.0\npaths: {}\npaths: {}\n', /duplicated mapping key/],
  ['that is empty', '', /empty/],
  ['that is a page', '<!doctype html><html><body>Sign in</body></html>', /not a mapping/],
  ['that is compressed', Uint8Array.of(0x1f, 0x8b, 8, 0, 255), /neither JSON nor YAML/],
  ['that ends early', '{"openapi":"3.1.0","paths":{', /unexpected end/],
  ['of a later version', '{"openapi":"4.0.0","paths":{}}', /3\.0, 3\.1 or 3\.2/],
])('a document %s is refused', async (_, text, reason) => {
  const refusal = await plan(text).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(DocumentError);
  expect((refusal as DocumentError).message).toMatch(reason);
});

test.each<[string, string, RegExp]>([
  [
    'references in a chain of 10,000',
    json(
      query({ $ref: '#/components/schemas/C0' }),
      schemas(numbered(10_000, (at) => [`C${at}`, { $ref: `#/components/schemas/C${at + 1}` }])),
    ),
    /without end/,
  ],
  [
    'a path that is another, and that the first',
    json({ '/a': { $ref: '#/paths/~1b' }, '/b': { $ref: '#/paths/~1a' } }),
    /without end/,
  ],
  [
    'schemas nested 5,000 times',
    json(query({})).replace('"schema":{}', `"schema":${'{"items":'.repeat(5000)}{}${'}'.repeat(5000)}`),
    /deeper than 32/,
  ],
  [
    '20,000 parameters',
    json(get({ parameters: Array.from({ length: 20_000 }, (_, at) => ({ name: `p${at}`, in: 'query' })) })),
    /more than 500 parameters/,
  ],
  [
    '3,000 properties',
    json(
      body({
        'application/json': {
          schema: { type: 'object', additionalProperties: false, properties: numbered(3000, (at) => [`p${at}`, {}]) },
        },
      }),
    ),
    /more than 2000 schemas/,
  ],
  [
    '20,000 kinds of body',
    json(body(numbered(20_000, (at) => [`application/x-${at}`, { schema: { type: 'object' } }]))),
    /and 19995 more, which is not supported/,
  ],
  ['100,000 values', json(query({ enum: Array.from({ length: 100_000 }, (_, at) => at) })), /more than 262144 bytes/],
  [
    'a default of a megabyte',
    json(query({ type: 'string', default: 'x'.repeat(1024 * 1024) })),
    /more than 262144 bytes/,
  ],
  ['the address of another host', json({ 'http://evil.example/a': { get: {} } }), /does not begin with/],
  ['a path that climbs', json({ '/%2e%2e/a': { get: {} } }), /\.\./],
  ['a path that begins another header', json({ '/a\r\nHost: evil': { get: {} } }), /percent-encode/],
  ['a path that is a prototype', json({}).replace('"/good"', '"__proto__":{"get":{}},"/good"'), /does not begin with/],
  [
    'a body with a prototype',
    json(
      body({
        'application/json': {
          schema: { type: 'object', additionalProperties: false, properties: JSON.parse('{"__proto__":{}}') as Json },
        },
      }),
    ),
    /"__proto__"/,
  ],
])('%s: the operation is withheld alone', async (_, text, reason) => {
  const { tools, report } = await plan(text);
  expect(tools.map(({ name }) => name)).toEqual(['good']);
  const withheld = report.filter(({ outcome }) => outcome === 'withheld');
  expect(withheld.length).toBeGreaterThan(0);
  for (const one of withheld) expect(one.reason).toMatch(reason);
});

test('names of 100 KiB, 5,000 tags and characters that hide text leave a tool that can be listed', async () => {
  const tags = Array.from({ length: 5000 }, (_, at) => `t${at}`);
  const hidden = '\u202e\u{e0041}\u001b[2J';
  const operation = {
    operationId: 'x'.repeat(100 * 1024),
    summary: `${hidden}Good`.repeat(10_000),
    description: hidden,
    tags,
  };
  const { tools } = await plan(
    json({ '/a': { get: operation } }, { tags: tags.map((name) => ({ name, description: 'd '.repeat(20) })) }),
  );
  const [long] = tools;
  expect([tools.length, long?.name.length]).toEqual([2, 64]);
  expect(long?.description.length).toBeLessThanOrEqual(4096);
  expect(long?.keywords?.length).toBeLessThanOrEqual(1000);
  expect(`${long?.title}${long?.description}`).not.toMatch(/\p{Cf}|\[2J/u);
});

test('what a report says of a document are lines of visible text', async () => {
  const { report, servers } = await plan(
    json(
      { '/a\noffered  GET /b\u001b[2J': { get: { operationId: 'a\r\nb' } } },
      { servers: [{ url: 'https://x\n\u001b[1m' }, null, 7] },
    ),
  );
  expect(report[0]).toMatchObject({ operation: 'GET /a offered GET /b', operationId: 'a b' });
  expect(servers).toEqual(['https://x ']);
});

test('members of another kind than they should be are no operations, and keep none from being offered', async () => {
  const paths = { '/a': { get: null, post: [], put: 'x', delete: 3 }, '/b': null, '/c': 'x', '/d': [] };
  const more = { components: { securitySchemes: null, schemas: 7 }, tags: 'x', servers: {} };
  expect((await plan(json(paths, more))).report.map(({ tool }) => tool)).toEqual(['good']);
});
