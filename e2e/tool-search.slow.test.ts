/** Tool search over the operations of a large document: what callers with different scopes find and may call, in both eras. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { countTokens } from 'gpt-tokenizer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { clientKinds } from './harness/clients.ts';
import { apiKey, scratch, startHttpServer, type HttpServerProcess } from './harness/server-process.ts';

/** `operationId | summary | path and words | search` in each line; the unit tests of the search use it too. */
const LABELLED = new URL('../apps/server/src/calls/tool-search/test-support/cloud-operations.txt', import.meta.url);
const OTHER_THINGS = 'invoice customer order shipment employee patient course recipe hotel flight campaign'.split(' ');
const OTHER_ACTIONS = 'list get create update delete export approve cancel send archive assign share copy'.split(' ');
const NARROW_KEY = 'narrow-key-0123456789abcdef';
const OPERATIONS = 1000;

const id = { name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 20 } };
const PATHS = Object.fromEntries(
  Array.from({ length: OPERATIONS }, (_, at) => [
    `/things${at}/{id}`,
    { get: { operationId: `getThing${at}`, summary: `What is known of thing number${at}`, parameters: [id] } },
  ]),
);

describe('tool search over 1,000 operations', () => {
  const place = scratch();
  const urls: string[] = [];
  let api: Server;
  let server: HttpServerProcess;

  beforeAll(async () => {
    api = createServer((request, response) => {
      urls.push(request.url ?? '');
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    }).listen(0, '127.0.0.1');
    await once(api, 'listening');
    const baseUrl = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
    place.write(
      'large.json',
      JSON.stringify({ openapi: '3.1.0', info: { title: 'Large', version: '1' }, paths: PATHS }),
    );
    const configuration = JSON.stringify({
      toolSearch: 'auto',
      security: {
        apiKeys: [{ name: 'narrow', key: NARROW_KEY, scopes: ['tools:read', 'tools:call:large_getThing7*'] }],
      },
      apis: { large: { document: { file: `${place.folder}/large.json` }, baseUrl, egress: { private: true } } },
    });
    server = await startHttpServer({ configuration });
  });
  afterAll(async () => {
    await server?.stop();
    api?.close();
    place[Symbol.dispose]();
  });

  const get = async (path: string, key = apiKey): Promise<Record<string, unknown>> => {
    const response = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
    return (await response.json()) as Record<string, unknown>;
  };
  const execute = async (key: string, tool: string, values: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${server.url}/tools/${tool}/execute`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ arguments: values }),
    });
    return { status: response.status, ...((await response.json()) as object) };
  };

  test.each(clientKinds)('$name gets a short list, finds a tool and calls it', async (kind) => {
    await using client = await kind.connect({ transport: 'http', url: server.url });
    const names = await client.toolNames();
    expect(names).toEqual(expect.arrayContaining(['search_tools', 'describe_tool', 'call_tool', 'ping']));
    expect(names.filter((name) => name.startsWith('large_'))).toEqual([]);
    const found = await client.call('search_tools', { search: 'what do we know of thing number42' });
    expect(found.text).toContain('large_getThing42');
    const called = await client.call('call_tool', { name: 'large_getThing42', arguments: { id: 'a/b' } });
    expect([called.isError, urls.at(-1)]).toEqual([false, '/things42/a%2Fb']);
  });

  test('the whole answer to tools/list is less than 3,000 tokens', async () => {
    const response = await fetch(`${server.url}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} }),
    });
    const text = await response.text();
    expect(text).toContain('call_tool');
    expect(countTokens(text)).toBeLessThan(3000);
  });

  test('a call by call_tool is in the audit log, the metrics and the events under the name of the tool', async () => {
    await execute(apiKey, 'call_tool', { name: 'large_getThing5', arguments: { id: 'audit' } });
    await expect
      .poll(() => get('/executions?tool=large_getThing5'))
      .toMatchObject({
        entries: [{ tool: 'large_getThing5', outcome: 'success', argumentShape: { id: 'string(5)' } }],
      });
    expect(await get('/executions?tool=call_tool')).toMatchObject({ entries: [] });
    const metrics = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${apiKey}` } });
    const lines = (await metrics.text()).split('\n').filter((line) => line.startsWith('mcp_tool_execution_total'));
    expect(lines.filter((line) => line.includes('tool="large_getThing5"'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('tool="call_tool"') && !line.endsWith(' 0'))).toEqual([]);
  });

  test('a wrong name or argument is a typed error, and nothing is sent', async () => {
    const long = 'x'.repeat(21);
    for (const [given, type] of [
      [{ name: 'large_getThing1', arguments: { id: long } }, 'validation_error'],
      [{ name: 'large_getThing1', arguments: { id: 'a', more: 1 } }, 'validation_error'],
      [{ name: 'large_getThing1', arguments: 'id' }, 'validation_error'],
      [{ name: 'large_getThing1', arguments: { id: '..' } }, 'validation_error'],
      [{ name: 'large_getNothing', arguments: {} }, 'validation_error'],
      [{ name: 'LARGE_GETTHING1', arguments: {} }, 'validation_error'],
      [{ name: 'getThing\u0301', arguments: {} }, 'validation_error'],
      [{ name: 'call_tool', arguments: { name: 'large_getThing1' } }, 'validation_error'],
      [{ name: 7 }, 'validation_error'],
      [{}, 'validation_error'],
    ] as const) {
      const sent = urls.length;
      const [named, direct] = [await execute(apiKey, 'call_tool', given), urls.length];
      expect([given, named['type'] ?? named['error'], direct]).toEqual([given, expect.stringContaining(type), sent]);
    }
  });

  test('a narrow key finds, describes and calls only what its scope names', async () => {
    const found = (await execute(NARROW_KEY, 'search_tools', { search: 'thing number', limit: 20 }))['content'];
    const names = [...JSON.stringify(found).matchAll(/large_getThing\d+/g)].map(([name]) => name);
    expect(names).toHaveLength(20);
    expect(names.filter((name) => !name.startsWith('large_getThing7'))).toEqual([]);
    expect(await execute(NARROW_KEY, 'describe_tool', { name: 'large_getThing7' })).toMatchObject({ status: 200 });
    expect(await execute(NARROW_KEY, 'describe_tool', { name: 'large_getThing8' })).toMatchObject({ status: 400 });
    const call = (name: string): Promise<Record<string, unknown>> =>
      execute(NARROW_KEY, 'call_tool', { name, arguments: { id: 'n' } });
    expect(await call('large_getThing70')).toMatchObject({ status: 200 });
    const sent = urls.length;
    // As a direct call of it is.
    expect(await call('large_getThing8')).toMatchObject({ status: 403 });
    expect(await execute(NARROW_KEY, 'large_getThing8', { id: 'n' })).toMatchObject({ status: 403 });
    expect(urls).toHaveLength(sent);
    const { tools } = await get('/tools', NARROW_KEY);
    expect((tools as { name: string }[]).filter(({ name }) => !name.startsWith('large_getThing7'))).toEqual([]);
    const { operations } = await get('/apis/large', NARROW_KEY);
    expect(operations).toHaveLength(111);
  });
});

describe('the labelled searches over 1,000 operations of a document', () => {
  const rows = readFileSync(LABELLED, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((part) => part.trim()));
  const others = Array.from({ length: OPERATIONS - rows.length }, (_, at) => {
    const [thing, action] = [OTHER_THINGS[at % OTHER_THINGS.length], OTHER_ACTIONS[at % OTHER_ACTIONS.length]];
    return [`${action}_${thing}_${at}`, `${action} a ${thing}`, `/erp/${thing}/${at}`];
  });
  const paths = Object.fromEntries(
    [...rows, ...others].map(([operationId = '', summary, place = '']) => {
      const [path, ...words] = place.split(' ');
      const method = /^(?:get|list)/.test(operationId)
        ? 'get'
        : /^(?:delete|remove)/.test(operationId)
          ? 'delete'
          : 'post';
      return [`${path}#${operationId}`, { [method]: { operationId, summary, description: words.join(' ') } }];
    }),
  );

  test('find the right tool among the first five for 9 of 10, from a list of less than 3,000 tokens', async () => {
    using place = scratch();
    place.write('cloud.json', JSON.stringify({ openapi: '3.1.0', info: { title: 'Cloud', version: '1' }, paths }));
    const document = { file: `${place.folder}/cloud.json` };
    const configuration = JSON.stringify({
      toolSearch: 'auto',
      security: { rateLimit: { requests: 10_000, burst: 10_000 } },
      apis: {
        cloud: {
          document,
          baseUrl: 'http://127.0.0.1:1',
          egress: { private: true },
          operations: { include: [{ path: '*' }] },
        },
      },
    });
    await using server = await startHttpServer({ configuration });
    await using client = await clientKinds[0]!.connect({ transport: 'http', url: server.url });
    expect((await client.toolNames()).filter((name) => name.startsWith('cloud_'))).toEqual([]);
    const missed: string[] = [];
    for (const [operationId, , , search = ''] of rows) {
      const { text } = await client.call('search_tools', { search, limit: 5 });
      if (!text.includes(`"cloud_${operationId}"`)) missed.push(search);
    }
    expect(rows).toHaveLength(126);
    expect(missed.length / rows.length).toBeLessThanOrEqual(0.1);
  });
});
