/** Bodies of every kind beside those that curl sends for the same content. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';

import { operationsOf } from '../document/operations-of.ts';
import { ApiClient } from '../egress/api-client.ts';
import { call } from '../test-support/local-api.ts';

interface Sent {
  readonly method: string | undefined;
  readonly type: string;
  readonly body: Buffer<ArrayBuffer>;
}

const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const TEXT = 'naïve = "a" & b+c\n100 %';

const sent: Sent[] = [];
let server: Server;
let url: string;
let folder: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, headers } = request;
      sent.push({ method, type: headers['content-type'] ?? '', body: Buffer.concat(chunks) });
      response.writeHead(204).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = await mkdtemp(join(tmpdir(), 'curl-bodies-'));
  await writeFile(join(folder, 'every.bin'), EVERY_BYTE);
  await writeFile(join(folder, 'text.txt'), TEXT);
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => void sent.splice(0));

/** What the tool sends for a body, and what curl sends. */
async function both(type: string, media: object, body: unknown, curl: readonly string[]): Promise<[Sent, Sent]> {
  const post = { operationId: 'op', requestBody: { required: true, content: { [type]: media } }, responses: {} };
  const document = { openapi: '3.0.3', info: { title: 'T', version: '1' }, paths: { '/a': { post } } };
  const client = new ApiClient({ baseUrl: url, private: true });
  const { tools } = await operationsOf(document, { client, operations: { include: [{}] } });
  expect(await call(tools[0]!, { body })).toMatchObject({ ok: true });
  await client[Symbol.asyncDispose]();
  const program = spawn('curl', ['--silent', '--fail', '--request', 'POST', ...curl, `${url}/a`], { cwd: folder });
  expect(await once(program, 'close')).toEqual([0, null]);
  expect(sent).toHaveLength(2);
  return [sent[0]!, sent[1]!];
}

/** The fields of a form, each file with its name, type and content. */
async function fieldsOf({ type, body }: Sent): Promise<unknown[]> {
  const form = await new Response(body, { headers: { 'content-type': type } }).formData();
  return Promise.all(
    [...form].map(async ([name, value]) => {
      if (typeof value === 'string') return [name, value];
      return [name, value.name, value.type, Buffer.from(await value.arrayBuffer()).toString('hex')];
    }),
  );
}

test('a form', async () => {
  const [ours, curls] = await both(
    'application/x-www-form-urlencoded',
    { schema: { type: 'object' } },
    { text: TEXT, list: ['a b', 'c&d'], empty: '' },
    [
      '--data-urlencode',
      'text@text.txt',
      '--data-urlencode',
      'list=a b',
      '--data-urlencode',
      'list=c&d',
      '--data-urlencode',
      'empty=',
    ],
  );
  expect(ours.type).toBe(curls.type);
  expect(await fieldsOf(ours)).toEqual(await fieldsOf(curls));
  expect(await fieldsOf(ours)).toContainEqual(['text', TEXT]);
});

test('multipart with files of any bytes, several of one name, and a part of JSON', async () => {
  const binary = { type: 'string', format: 'binary' };
  const properties = {
    note: { type: 'string' },
    image: binary,
    pages: { type: 'array', items: binary },
    meta: { type: 'object' },
  };
  const page = { data: Buffer.from(TEXT).toString('base64'), name: 'text.txt', type: 'text/plain' };
  const [ours, curls] = await both(
    'multipart/form-data',
    { schema: { type: 'object', properties } },
    {
      note: TEXT,
      image: { data: EVERY_BYTE.toString('base64'), name: 'every.bin', type: 'image/png' },
      pages: [page, page],
      meta: { a: 1 },
    },
    [
      'note=<text.txt',
      'image=@every.bin;type=image/png',
      'pages=@text.txt;type=text/plain',
      'pages=@text.txt;type=text/plain',
      'meta={"a":1};type=application/json',
    ].flatMap((field) => ['--form', field]),
  );
  expect(ours.type.split(';', 1)).toEqual(curls.type.split(';', 1));
  expect(await fieldsOf(ours)).toEqual(await fieldsOf(curls));
  expect(await fieldsOf(ours)).toContainEqual(['image', 'every.bin', 'image/png', EVERY_BYTE.toString('hex')]);
});

test.each([
  ['application/json', { schema: { type: 'object' } }, { a: 'ä', b: [1, null] }, '{"a":"ä","b":[1,null]}'],
  ['text/plain', { schema: { type: 'string' } }, TEXT, '@text.txt'],
  ['text/csv', { schema: { type: 'string' } }, TEXT, '@text.txt'],
  ['application/octet-stream', {}, EVERY_BYTE.toString('base64'), '@every.bin'],
  ['image/png', {}, EVERY_BYTE.toString('base64'), '@every.bin'],
])('%s byte for byte', async (type, media, body, data) => {
  const [ours, curls] = await both(type, media, body, ['--header', `Content-Type: ${type}`, '--data-binary', data]);
  expect(ours).toEqual(curls);
});
