import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { callTool, Tool, type ProgramContext, type ToolDefinition } from '@mcp/tool-base';
import { ApiClient } from '../egress/api-client.ts';
import { call, startLocalApi, type LocalApi } from '../test-support/local-api.ts';
import { operationsOf, type OperationsOptions } from './operations-of.ts';

let api: LocalApi;
let client: ApiClient;
beforeAll(async () => {
  api = await startLocalApi();
  client = new ApiClient({ baseUrl: `${api.url}/v2`, private: true });
});
afterAll(() => api[Symbol.asyncDispose]());
beforeEach(() => void api.received.splice(0));

type Json = Record<string, unknown>;

const ALL = { include: [{}] };

function plan(paths: Json, more: Json = {}, options: Partial<OperationsOptions> = {}): ReturnType<typeof operationsOf> {
  const info = { title: 'T', version: '1' };
  return operationsOf({ openapi: '3.0.3', info, paths, ...more }, { client, operations: ALL, ...options });
}

/** The one tool of a document with one operation. */
async function toolOf(operation: Json, more: Json = {}, path = '/a', method = 'get'): Promise<ToolDefinition> {
  const { tools, report } = await plan({ [path]: { [method]: { operationId: 'op', ...operation } } }, more);
  expect(report).toMatchObject([{ outcome: 'offered' }]);
  return tools[0]!;
}

async function reasonOf(operation: Json, more: Json = {}, path = '/a', method = 'get'): Promise<string | undefined> {
  const paths = {
    [path]: { [method]: { operationId: 'op', ...operation } },
    '/good': { get: { operationId: 'good' } },
  };
  const { report } = await plan(paths, more);
  expect(report.at(-1)).toMatchObject({ outcome: 'offered', tool: 'good' });
  return report[0]?.reason;
}

const query = (schema: Json, more: Json = {}): Json => ({ parameters: [{ name: 'q', in: 'query', schema, ...more }] });
const json = (schema: Json, more: Json = {}): Json => ({
  requestBody: { required: true, content: { 'application/json': { schema } }, ...more },
});
const schemas = (given: Json): Json => ({ components: { schemas: given } });

describe('the operations of a document', () => {
  const paths = {
    '/users/{id}': {
      summary: 'Users',
      parameters: [{ name: 'id', in: 'path', schema: { type: 'string' } }],
      get: { operationId: 'getUser', tags: ['read'] },
      delete: { tags: ['admin'] },
      'x-note': {},
    },
  };

  test('are named by their id, else by method and path, behind the prefix', async () => {
    const { tools } = await plan(paths, {}, { prefix: 'crm' });
    expect(tools.map(({ name }) => name)).toEqual(['crm_getUser', 'crm_delete_users_id']);
    expect(tools.map(({ description }) => description)).toEqual(['Users', 'Users']);
  });

  test('have the words of their path and tags, and what the document says of the tags, for searches', async () => {
    const tags = [{ name: 'read', description: 'Looks at members.\nNever changes them.' }, { name: 'admin' }, 'x', {}];
    const { tools } = await plan(paths, { tags });
    expect(tools.map(({ keywords }) => keywords)).toEqual(['/users/ read Looks at members', '/users/ admin']);
  });

  test('are GET and HEAD without a filter; exclusion wins', async () => {
    const tools = async (operations: OperationsOptions['operations']): Promise<string[]> =>
      (await plan(paths, {}, { operations })).tools.map(({ name }) => name);
    expect(await tools(undefined)).toEqual(['getUser']);
    expect(await tools({ include: [{ method: 'DELETE' }, { operationId: 'get*' }] })).toHaveLength(2);
    expect(await tools({ include: [{ path: '/users/*' }], exclude: [{ tag: 'admin' }] })).toEqual(['getUser']);
  });

  test('of one name are both withheld, until one has another', async () => {
    const twins = { '/a': { get: { operationId: 'a.b' } }, '/b': { get: { operationId: 'a b' } } };
    expect((await plan(twins)).report.map(({ outcome }) => outcome)).toEqual(['withheld', 'withheld']);
    const overrides = { 'GET /b': { name: 'other', description: 'Other' } };
    const { tools } = await plan(twins, {}, { overrides });
    expect(tools.map(({ name, description }) => [name, description])).toEqual([
      ['a_b', 'GET /a'],
      ['other', 'Other'],
    ]);
  });

  test('with long names keep the head and get a hash of the whole', async () => {
    const long = (end: string): Json => ({ get: { operationId: `${'a'.repeat(90)}${end}` } });
    const { tools } = await plan({ '/a': long('x'), '/b': long('y') });
    expect(tools.map(({ name }) => name.length)).toEqual([64, 64]);
    expect(tools[0]?.name).not.toBe(tools[1]?.name);
  });

  test('of one path and method differ behind # or ?: what is behind # is not sent', async () => {
    const { tools } = await plan({
      '/files/{id}#copy': { get: { parameters: [{ name: 'id', in: 'path', schema: { type: 'string' } }] } },
      '/files?beta=true': { get: query({ type: 'string' }) },
    });
    expect(tools.map(({ name }) => name)).toEqual(['get_files_id_copy', 'get_files_beta_true']);
    await call(tools[0]!, { id: 'a#b' });
    await call(tools[1]!, { q: 'x' });
    expect(api.received.map(({ url }) => url)).toEqual(['/v2/files/a%23b', '/v2/files?beta=true&q=x']);
  });

  test('behind references are followed inside the document, with what is written beside them', async () => {
    const more = {
      'x-shared': { get: { operationId: 'shared' } },
      'x-operation': { operationId: 'own', ...query({}) },
    };
    const { tools } = await plan({ '/a': { $ref: '#/x-shared', post: { $ref: '#/x-operation' } } }, more);
    expect(tools.map(({ name }) => name)).toEqual(['shared', 'own']);
    expect(tools[1]?.inputJsonSchema).toMatchObject({ properties: { q: {} } });
  });

  test('behind references to other files are withheld, and never become tools without arguments', async () => {
    const { report } = await plan({
      '/whole': { $ref: 'file:///etc/passwd' },
      '/one': { get: { $ref: 'http://169.254.169.254/#/get' }, delete: { operationId: 'own' } },
    });
    expect(report).toMatchObject([
      { operation: 'GET /one', outcome: 'withheld', reason: expect.stringContaining('leaves the document') },
      { operation: 'DELETE /one', outcome: 'offered', tool: 'own' },
      { operation: '/whole', outcome: 'withheld', reason: expect.stringContaining('leaves the document') },
    ]);
  });

  test('are sent to the base URL, whatever the document says', async () => {
    const { tools, servers } = await plan({ '/a': { get: {} } }, { servers: [{ url: 'http://169.254.169.254/' }] });
    await call(tools[0]!);
    expect([api.received[0]?.url, servers]).toEqual(['/v2/a', ['http://169.254.169.254/']]);
  });
});

describe('arguments', () => {
  test('go to their places, and one name in two places gets the place', async () => {
    const tool = await toolOf(
      {
        parameters: [
          { name: 'id', in: 'path', required: true, schema: { type: 'string' } },
          { name: 'id', in: 'query', schema: { type: 'array', items: { type: 'integer' } } },
          { name: 'X-Note', in: 'header', schema: { type: 'string' } },
          { name: 'c', in: 'cookie', schema: { type: 'string' } },
          { name: 'filter', in: 'query', content: { 'application/json': { schema: { type: 'object' } } } },
        ],
      },
      {},
      '/a/{id}',
    );
    expect(tool.inputJsonSchema).toMatchObject({ required: ['id__path'], additionalProperties: false });
    const values = { id__path: 'x/y', id__query: [1, 2], 'X-Note': 'n', c: 'a;b', filter: { a: 1 } };
    expect(await call(tool, values)).toMatchObject({ ok: true });
    const [received] = api.received;
    expect(received?.url).toBe('/v2/a/x%2Fy?id=1&id=2&filter=%7B%22a%22%3A1%7D');
    expect([received?.headers['x-note'], received?.headers.cookie]).toEqual(['n', 'c=a%3Bb']);
  });

  test('have names that every client takes; a plain name stays as it is', async () => {
    const names = ['StartTime<', 'StartTime>', 'StartTime', 'team_ids[]', 'filter[name]', 'имя', 'x'.repeat(90)];
    const tool = await toolOf({ parameters: names.map((name) => ({ name, in: 'query', schema: { type: 'string' } })) });
    const properties = Object.entries(tool.inputJsonSchema?.['properties'] as Record<string, Json>);
    expect(properties.slice(0, 6).map(([name, { description }]) => [name, description])).toEqual([
      ['StartTime_2', 'Sent as StartTime<.'],
      ['StartTime_3', 'Sent as StartTime>.'],
      ['StartTime', undefined],
      ['team_ids', 'Sent as team_ids[].'],
      ['filter_name', 'Sent as filter[name].'],
      ['argument', 'Sent as имя.'],
    ]);
    expect(properties.every(([name]) => /^[\w.-]{1,64}$/.test(name))).toBe(true);
    await call(tool, { StartTime_2: '1', StartTime: '2', team_ids: '3', argument: '4' });
    expect(api.received[0]?.url).toBe('/v2/a?StartTime%3C=1&StartTime=2&team_ids%5B%5D=3&%D0%B8%D0%BC%D1%8F=4');
  });

  test('cannot set what decides who asks or where a request ends', async () => {
    const names = [
      'Authorization',
      'Host',
      'Content-Length',
      'Cookie',
      'Transfer-Encoding',
      'X-Forwarded-For',
      'Accept',
      'Set-Cookie',
      'X-HTTP-Method-Override',
      'X-Original-URL',
      'X-Real-IP',
    ];
    const tool = await toolOf({
      parameters: names.map((name) => ({
        name,
        in: 'header',
        required: !name.includes('Override'),
        schema: { type: 'string' },
      })),
    });
    expect(tool.inputJsonSchema).toMatchObject({ properties: {} });
  });

  test('are what the path names too, where the document does not describe it', async () => {
    const tool = await toolOf(query({ type: 'integer' }), {}, '/a/{id}/{id}');
    expect(tool.inputJsonSchema).toMatchObject({ properties: { id: { type: 'string' } }, required: ['id'] });
    await call(tool, { id: 'x/y', q: 1 });
    expect(api.received[0]?.url).toBe('/v2/a/x%2Fy/x%2Fy?q=1');
    expect(await call(tool, { id: '..' })).toMatchObject({ error: { type: 'validation_error' } });
  });

  test('are never credentials of the document', async () => {
    const scheme = { type: 'apiKey', in: 'query', name: 'api_key' };
    const parameters = [{ name: 'api_key', in: 'query', required: true, schema: { type: 'string' } }];
    const tool = await toolOf({ parameters }, { components: { securitySchemes: { key: scheme } } });
    expect(tool.inputJsonSchema).toMatchObject({ properties: {} });
  });

  test('of the names of a prototype are left out when they are not given', async () => {
    const names = ['constructor', 'toString', 'valueOf', '__defineGetter__'];
    const parameters = names.map((name) => ({ name, in: 'query', schema: { type: 'string' } }));
    const tool = await toolOf({ parameters });
    await call(tool);
    await call(tool, { toString: 'x' });
    expect(api.received.map(({ url }) => url)).toEqual(['/v2/a', '/v2/a?toString=x']);
  });

  test('that are nested as deep as the stack are refused, and many are sent', async () => {
    let deep: unknown = 1;
    for (let level = 0; level < 5000; level += 1) deep = [deep];
    const body = await toolOf(json({}), {}, '/a', 'post');
    const { error } = await call(body, { body: deep });
    expect(error).toMatchObject({ type: 'validation_error', message: 'The arguments are nested too deeply.' });
    const list = await toolOf(query({ type: 'array', items: { type: 'integer' } }));
    const many = Array.from({ length: 200_000 }, () => 1);
    const given = { signal: AbortSignal.abort() } as ProgramContext;
    const prepared = Promise.resolve(list.run({ q: many } as never, given));
    await expect(prepared).rejects.toMatchObject({ name: 'AbortError' });
  }, 60_000);

  const byId = { parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] };
  const climbing = ['', '.', '..', '../admin', 'a/../b', 'a/..', '..\\b', '..;/admin', '..;', '.;x'];
  const encoded = ['%2e%2e', '%2E.', '..%2fadmin', '%252e%252e%252f', '.%2e%5Cb', '..%3Bx'];
  test.each([...climbing, ...encoded])('of %j in the path are refused', async (id) => {
    const { error } = await call(await toolOf(byId, {}, '/a/{id}/b'), { id });
    expect([error?.type, error?.message.startsWith('id must not'), api.received]).toEqual([
      'validation_error',
      true,
      [],
    ]);
  });

  test.each([
    ['a/b', 'a%2Fb'],
    ['..a', '..a'],
    ['a..', 'a..'],
    ['a;b=c?d#e', 'a%3Bb%3Dc%3Fd%23e'],
    ['//evil', '%2F%2Fevil'],
    ['\r\n\u0000', '%0D%0A%00'],
    ['100%', '100%25'],
    ['...', '...'],
  ])('of %j in the path stay in their segment', async (id, written) => {
    await call(await toolOf(byId, {}, '/a/{id}/b'), { id });
    expect(api.received.map(({ url }) => url)).toEqual([`/v2/a/${written}/b`]);
  });

  const inHeader = { parameters: [{ name: 'X-Note', in: 'header', schema: { type: 'string' } }] };
  test.each(['a\r\nEvil: 1', 'a\n b', 'a\rb', 'a\u0000', 'a\u007f', 'привет', 'é', '\u2028'])(
    'of %j in a header are refused',
    async (value) => {
      const { error } = await call(await toolOf(inHeader), { 'X-Note': value });
      expect([error?.type, error?.message, api.received]).toEqual([
        'validation_error',
        'X-Note must be printable ASCII in one line, because it is sent as a header.',
        [],
      ]);
    },
  );

  test.each(['a; admin=1', 'a\r\nb', 'é', '"', 'a=b'])('of %j in a cookie stay in it', async (value) => {
    const parameters = [{ name: 'c; d', in: 'cookie', schema: { type: 'string' } }];
    await call(await toolOf({ parameters }), { c_d: value });
    expect(api.received.map(({ headers }) => headers.cookie)).toEqual([`c%3B%20d=${encodeURIComponent(value)}`]);
  });

  test('of a closed body behind a reference stand side by side too, also where it refers to itself', async () => {
    const Order = {
      type: 'object',
      properties: { n: { type: 'integer' }, next: { $ref: '#/components/schemas/Order' } },
      additionalProperties: false,
    };
    const closed = await toolOf(json({ $ref: '#/components/schemas/Order' }), schemas({ Order }), '/a', 'post');
    await call(closed, { n: 1, next: { n: 2 } });
    expect(api.received.map(({ body }) => body)).toEqual(['{"n":1,"next":{"n":2}}']);
    const Open = { type: 'object', properties: { n: { type: 'integer' } } };
    const open = await toolOf(json({ $ref: '#/components/schemas/Open' }), schemas({ Open }), '/a', 'post');
    expect(open.inputJsonSchema).toMatchObject({ properties: { body: { $ref: '#/$defs/Open' } } });
  });

  test('of a closed body stand beside the parameters; an open body is one argument', async () => {
    const properties = { name: { type: 'string' }, age: { type: 'integer' } };
    const closed = await toolOf(
      json({ type: 'object', properties, required: ['name'], additionalProperties: false }),
      {},
      '/a',
      'post',
    );
    expect(closed.inputJsonSchema).toMatchObject({ properties, required: ['name'] });
    await call(closed, { name: 'A', age: 3 });
    const open = await toolOf(json({ type: 'object', properties }), {}, '/a', 'post');
    expect(open.inputJsonSchema).toMatchObject({ properties: { body: { properties } }, required: ['body'] });
    await call(open, { body: { name: 'B', more: 1 } });
    expect(api.received.map(({ body }) => body)).toEqual(['{"name":"A","age":3}', '{"name":"B","more":1}']);
  });
});

describe('schemas', () => {
  test('of 3.0 become JSON Schema 2020-12', async () => {
    const schema = {
      type: 'integer',
      nullable: true,
      minimum: 1,
      exclusiveMinimum: true,
      example: 3,
      xml: {},
      'x-a': 1,
    };
    const tool = await toolOf(query(schema));
    expect(tool.inputJsonSchema).toEqual({
      type: 'object',
      properties: { q: { type: ['integer', 'null'], exclusiveMinimum: 1, examples: [3] } },
      additionalProperties: false,
    });
  });

  test('leave out what JSON Schema does not allow, and say what a list without items is', async () => {
    const schema = {
      type: 'string',
      enum: ['a', 'a', 'b'],
      minLength: '3',
      maxLength: -1,
      pattern: '(?i)a',
      format: 7,
      multipleOf: 0,
      $id: 'https://example.com/schema',
      $anchor: 'here',
    };
    const both = [
      { name: 'q', in: 'query', schema },
      { name: 'list', in: 'query', schema: { type: 'array' } },
      { name: 'any', in: 'query', schema: { type: 'file', enum: [] } },
    ];
    const tool = await toolOf({ parameters: both });
    expect(tool.inputJsonSchema).toMatchObject({ properties: { q: {}, list: {}, any: {} } });
    expect(tool.inputJsonSchema?.['properties']).toEqual({
      q: { type: 'string', enum: ['a', 'b'] },
      list: { type: 'array', items: {} },
      any: {},
    });
  });

  test('have no default and no example of another type than their own, which a model would copy', async () => {
    const members = {
      ttl: { type: 'string', default: 3600, example: 60 },
      names: { type: 'array', items: { type: 'string', default: { 0: '*' } }, default: ['*'] },
      count: { type: 'integer', default: 1.5, minimum: 1 },
      ratio: { type: 'number', default: 1, example: 0.5 },
      maybe: { type: 'string', nullable: true, default: null },
      any: { default: {} },
    };
    const { inputJsonSchema } = await toolOf(
      json({ type: 'object', properties: members, additionalProperties: false }),
      {},
      '/a',
      'post',
    );
    expect(inputJsonSchema?.['properties']).toEqual({
      ttl: { type: 'string' },
      names: { type: 'array', items: { type: 'string' }, default: ['*'] },
      count: { type: 'integer', minimum: 1 },
      ratio: { type: 'number', default: 1, examples: [0.5] },
      maybe: { type: ['string', 'null'], default: null },
      any: { default: {} },
    });
  });

  test('that are left out, or booleans in quotation marks, are not the end of an operation', async () => {
    const given = {
      type: 'object',
      properties: { any: null, list: { type: 'array', items: null } },
      additionalProperties: 'false',
    };
    const { inputJsonSchema } = await toolOf(json(given), {}, '/a', 'post');
    expect(inputJsonSchema?.['properties']).toEqual({ any: true, list: { type: 'array', items: true } });
    const open = await toolOf(json({ type: 'object', additionalProperties: 'true' }), {}, '/a', 'post');
    expect(open.inputJsonSchema?.['properties']).toEqual({ body: { type: 'object', additionalProperties: true } });
  });

  test('that say 3.1 and are written as 3.0 are converted too', async () => {
    const schema = { type: 'integer', nullable: true, maximum: 9, exclusiveMaximum: true, exclusiveMinimum: false };
    const tool = await toolOf(query(schema), { openapi: '3.1.0' });
    expect(tool.inputJsonSchema?.['properties']).toEqual({ q: { type: ['integer', 'null'], exclusiveMaximum: 9 } });
  });

  test('that mean themselves by $recursiveRef refer to themselves', async () => {
    const Filter = {
      $recursiveAnchor: true,
      type: 'object',
      properties: { all: { type: 'array', items: { $recursiveRef: '#' } } },
    };
    const more = { openapi: '3.1.0', ...schemas({ Filter }) };
    const tool = await toolOf(json({ $ref: '#/components/schemas/Filter' }), more, '/a', 'post');
    expect(tool.inputJsonSchema).toMatchObject({
      $defs: { Filter: { properties: { all: { items: { $ref: '#/$defs/Filter' } } } } },
    });
    expect(await call(tool, { body: { all: [{ all: [7] }] } })).toMatchObject({ error: { type: 'validation_error' } });
  });

  test('that repeat themselves stay references, and only what is reached is kept', async () => {
    const node = { type: 'object', properties: { next: { $ref: '#/components/schemas/Node' } }, nullable: true };
    const tool = await toolOf(
      json({ $ref: '#/components/schemas/Node' }),
      schemas({ Node: node, Other: {} }),
      '/a',
      'post',
    );
    expect(tool.inputJsonSchema).toMatchObject({
      properties: { body: { $ref: '#/$defs/Node' } },
      $defs: { Node: { type: ['object', 'null'], properties: { next: { $ref: '#/$defs/Node' } } } },
    });
    expect(Object.keys(tool.inputJsonSchema?.['$defs'] as object)).toEqual(['Node']);
    expect(await call(tool, { body: { next: { next: null } } })).toMatchObject({ ok: true });
    expect(await call(tool, { body: { next: { next: 3 } } })).toMatchObject({ error: { type: 'validation_error' } });
  });

  test('have no property that only the server sets', async () => {
    const properties = { id: { type: 'integer', readOnly: true }, name: { type: 'string' } };
    const tool = await toolOf(json({ type: 'object', properties, required: ['id', 'name'] }), {}, '/a', 'post');
    expect(tool.inputJsonSchema).toMatchObject({ properties: { body: { required: ['name'] } } });
    expect(JSON.stringify(tool.inputJsonSchema)).not.toContain('"id"');
  });

  test('that reach too much are left out where they are furthest from the arguments', async () => {
    const refer = (level: number): Json => ({ $ref: `#/components/schemas/L${level}` });
    const levels = Array.from({ length: 60 }, (_, level) => [
      `L${level}`,
      {
        type: 'object',
        properties: {
          n: { type: 'integer' },
          not: { enum: ['oneOf'] },
          next: { oneOf: Array.from({ length: 50 }, () => refer(level + 1)) },
        },
      },
    ]);
    const all = schemas({ ...(Object.fromEntries(levels) as Json), L60: { type: 'string' } });
    const tool = await toolOf(json(refer(0)), all, '/a', 'post');
    const definitions = Object.entries(tool.inputJsonSchema?.['$defs'] as Record<string, Json>);
    expect(definitions.length).toBeGreaterThan(20);
    expect(JSON.stringify(definitions).length).toBeLessThan(256 * 1024);
    expect(definitions.filter(([, { description }]) => String(description).startsWith('Any value'))).toHaveLength(1);
    // More than one alternative fits any value.
    expect(definitions.find(([name]) => name === 'L1')?.[1]).toMatchObject({
      properties: { not: { enum: ['oneOf'] }, next: { anyOf: expect.any(Array) } },
    });
    expect(JSON.stringify(definitions)).not.toContain('"oneOf":');
    expect(await call(tool, { body: { next: { n: 1 } } })).toMatchObject({ ok: true });
    expect(await call(tool, { body: { next: { n: 'x' } } })).toMatchObject({ error: { type: 'validation_error' } });
  });

  test('of 3.1 keep type lists, constants and what stands beside a reference', async () => {
    const more = { openapi: '3.1.0', ...schemas({ A: { type: ['string', 'null'] } }) };
    const tool = await toolOf(query({ $ref: '#/components/schemas/A', description: 'Beside' }), more);
    expect(tool.inputJsonSchema).toMatchObject({
      properties: { q: { $ref: '#/$defs/A', description: 'Beside' } },
      $defs: { A: { type: ['string', 'null'] } },
    });
  });

  test('with allOf and a discriminator are checked', async () => {
    const pet = {
      type: 'object',
      properties: { kind: { type: 'string' } },
      required: ['kind'],
      discriminator: { propertyName: 'kind' },
    };
    const dog = {
      allOf: [{ $ref: '#/components/schemas/Pet' }, { type: 'object', properties: { bark: { type: 'boolean' } } }],
    };
    const tool = await toolOf(
      json({ $ref: '#/components/schemas/Dog' }),
      schemas({ Pet: pet, Dog: dog }),
      '/a',
      'post',
    );
    expect(await call(tool, { body: { kind: 'dog', bark: true } })).toMatchObject({ ok: true });
    expect(await call(tool, { body: { bark: true } })).toMatchObject({ error: { type: 'validation_error' } });
  });
});

describe('bodies', () => {
  const send = async (
    type: string,
    media: Json,
    body: unknown,
  ): Promise<{ body: string; type: string | undefined }> => {
    const tool = await toolOf({ requestBody: { required: true, content: { [type]: media } } }, {}, '/a', 'post');
    expect(await call(tool, { body })).toMatchObject({ ok: true });
    const received = api.received.at(-1);
    return { body: received?.body ?? '', type: received?.headers['content-type'] };
  };

  test('as form, text, bytes and a kind of JSON', async () => {
    const object = { schema: { type: 'object' } };
    expect(await send('application/x-www-form-urlencoded', object, { a: 'x y', b: [1, 2], c: { d: 1 } })).toEqual({
      body: 'a=x+y&b=1&b=2&c=%7B%22d%22%3A1%7D',
      type: 'application/x-www-form-urlencoded',
    });
    expect(await send('text/plain', { schema: { type: 'string' } }, 'ä')).toEqual({ body: 'ä', type: 'text/plain' });
    expect(await send('application/octet-stream', {}, 'aGk=')).toEqual({
      body: 'hi',
      type: 'application/octet-stream',
    });
    expect(await send('application/merge-patch+json', object, { a: 1 })).toEqual({
      body: '{"a":1}',
      type: 'application/merge-patch+json',
    });
  });

  test('as other types, as their schema says: bytes or text', async () => {
    expect(await send('image/png', {}, 'aGk=')).toEqual({ body: 'hi', type: 'image/png' });
    expect(await send('image/*', {}, 'aGk=')).toEqual({ body: 'hi', type: 'application/octet-stream' });
    const text = { schema: { type: 'string' } };
    expect(await send('application/secevent+jwt', text, 'a.b')).toEqual({
      body: 'a.b',
      type: 'application/secevent+jwt',
    });
    const bytes = { schema: { type: 'string', format: 'binary' } };
    expect(await send('application/pkix-cert', bytes, 'aGk=')).toEqual({ body: 'hi', type: 'application/pkix-cert' });
  });

  test('as a merge patch where there are patches of several kinds', async () => {
    const object = { schema: { type: 'object' } };
    const content = {
      'application/apply-patch+yaml': object,
      'application/json-patch+json': object,
      'application/merge-patch+json': object,
    };
    const tool = await toolOf({ requestBody: { required: true, content } }, {}, '/a', 'patch');
    await call(tool, { body: { a: 1 } });
    expect(api.received.at(-1)?.headers['content-type']).toBe('application/merge-patch+json');
  });

  test('as multipart with a file', async () => {
    const properties = { note: { type: 'string' }, file: { type: 'string', format: 'binary' } };
    const file = { data: 'aGk=', name: 'a".txt', type: 'text/plain' };
    const sent = await send('multipart/form-data', { schema: { type: 'object', properties } }, { note: 'n', file });
    const boundary = /boundary=(\S+)$/.exec(sent.type ?? '')?.[1] ?? '';
    expect(sent.body.split(`--${boundary}`)).toEqual([
      '',
      '\r\nContent-Disposition: form-data; name="note"\r\n\r\nn\r\n',
      '\r\nContent-Disposition: form-data; name="file"; filename="a%22.txt"\r\nContent-Type: text/plain\r\n\r\nhi\r\n',
      '--\r\n',
    ]);
  });
});

describe('an operation is withheld alone', () => {
  const loop = { allOf: [{ $ref: '#/components/schemas/Loop' }] };
  const deep = (levels: number): Json => (levels === 0 ? {} : { type: 'array', items: deep(levels - 1) });
  test.each<[string, Json, Json, RegExp]>([
    ['a reference to a file', query({ $ref: 'file:///etc/passwd' }), {}, /leaves the document/],
    ['a reference to the network', query({ $ref: 'http://169.254.169.254/' }), {}, /leaves the document/],
    ['a reference to nothing', query({ $ref: '#/components/schemas/Nope' }), {}, /leads to nothing/],
    ['a reference to an anchor', query({ $ref: '#here' }), {}, /anchors are not supported/],
    ['a recursive reference outside', query({ $recursiveRef: '#' }), { openapi: '3.1.0' }, /\$recursiveRef/],
    ['a reference to a prototype', query({ $ref: '#/constructor/prototype' }), {}, /leads to nothing/],
    [
      'a reference to itself',
      query({ $ref: '#/components/schemas/A' }),
      schemas({ A: { $ref: '#/components/schemas/A' } }),
      /without end/,
    ],
    [
      'a schema inside itself',
      query({ $ref: '#/components/schemas/Loop' }),
      schemas({ Loop: loop }),
      /contains itself/,
    ],
    ['200 levels', query(deep(200)), {}, /deeper than 32/],
    ['257 KiB', query({ enum: ['x'.repeat(257 * 1024)] }), {}, /more than 262144 bytes/],
    ['a dynamic reference', query({ $dynamicRef: '#a' }), { openapi: '3.1.0' }, /\$dynamicRef/],
    ['an unknown style', query({ type: 'string' }, { style: 'tabbed' }), {}, /has the style "tabbed"/],
    ['an unknown place', { parameters: [{ name: 'q', in: 'body' }] }, {}, /is in "body"/],
    ['no parameter', { parameters: [7] }, {}, /without name or in/],
    ['a schema that is a number', query({ items: 7 }), {}, /schema that is not an object/],
    [
      'a header that would make it another request',
      { parameters: [{ name: 'x-http-method-override', in: 'header', required: true }] },
      {},
      /Its header x-http-method-override is required/,
    ],
    [
      'a header that it cannot do without',
      { parameters: [{ name: 'Content-Range', in: 'header', required: true }] },
      {},
      /Its header Content-Range is required/,
    ],
    ['a prototype as argument', { parameters: [{ name: '__proto__', in: 'query', schema: {} }] }, {}, /__proto__/],
  ])('for %s', async (_, operation, more, reason) => {
    expect(await reasonOf(operation, more)).toMatch(reason);
  });

  test('for a body of a kind that cannot be written', async () => {
    for (const [type, media] of [
      ['application/xml', {}],
      ['text/xml', { schema: { type: 'string' } }],
      ['application/soap+xml', {}],
      ['application/x-ndjson', { schema: { type: 'object' } }],
    ] as const) {
      expect(await reasonOf({ requestBody: { content: { [type]: media } } }, {}, '/a', 'post')).toContain(type);
    }
  });

  test('for a body whose type would begin another header', async () => {
    const content = { 'application/json; charset="utf-8"\r\nEvil: 1': { schema: {} } };
    const reason = await reasonOf({ requestBody: { content } }, {}, '/a', 'post');
    // The reason is a line of the log, and of a terminal.
    expect(reason).toBe('Its request body is application/json; charset="utf-8" Evil: 1, which is not supported.');
  });

  test('for a path that climbs, and for one whose name nobody describes while another is described that is not in it', async () => {
    const parameters = [{ name: 'Id', in: 'path', required: true, schema: {} }];
    expect(await reasonOf({ parameters }, {}, '/a/{id}')).toContain('{id}');
    expect(await reasonOf({}, {}, '/a/{}')).toContain('{}');
    expect(await reasonOf({}, {}, '/a/../b')).toContain('..');
  });

  test('for one schema that is too large by itself', async () => {
    const wide = { anyOf: Array.from({ length: 2500 }, (_, at) => ({ const: at })) };
    expect(await reasonOf(query({ $ref: '#/components/schemas/A' }), schemas({ A: wide }))).toMatch(/2000 schemas/);
  });
});

test.each([
  [[], 'not a mapping'],
  [{ swagger: '2.0' }, 'Swagger 2.0'],
  [{ openapi: '4.0.0' }, '3.0, 3.1 or 3.2'],
  [
    { openapi: '3.0.0', paths: Object.fromEntries(Array.from({ length: 6000 }, (_, at) => [`/${at}`, { get: {} }])) },
    '5000',
  ],
])('the document %# is refused as a whole', async (document, message) => {
  await expect(operationsOf(document, { client })).rejects.toThrow(message);
});

test('900 operations are planned within 2 s, without blocking other work for long', async () => {
  const paths = Object.fromEntries(
    Array.from({ length: 900 }, (_, at) => [
      `/things${at}/{id}`,
      {
        post: {
          operationId: `thing${at}`,
          parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }],
          ...json({ $ref: `#/components/schemas/S${at % 300}` }),
        },
      },
    ]),
  );
  const components = schemas(
    Object.fromEntries(
      Array.from({ length: 300 }, (_, at) => [
        `S${at}`,
        {
          type: 'object',
          properties: { a: { type: 'string' }, next: { $ref: `#/components/schemas/S${(at + 1) % 10}` } },
        },
      ]),
    ),
  );
  const cpuMs = (): number => process.cpuUsage().user / 1000;
  let longest = 0;
  let last = cpuMs();
  const watch = setInterval(() => {
    longest = Math.max(longest, cpuMs() - last);
    last = cpuMs();
  }, 1);
  const start = cpuMs();
  const { tools } = await plan(paths, components);
  clearInterval(watch);
  expect(tools).toHaveLength(900);
  // CPU time, because other tests run beside this one; that of the garbage collector and the compiler is in it.
  expect(cpuMs() - start).toBeLessThan(2000);
  expect(longest).toBeLessThan(100);
  expect(
    await callTool(new Tool(tools[899]!), { arguments: { id: 'x', body: {} }, caller: { name: 'a' } }),
  ).toMatchObject({ ok: true });
});
