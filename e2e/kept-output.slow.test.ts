/** Output that the result of a plain call is too small for, on a built server: announced, read, kept over a restart, removed. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { clientKinds, type TestClient } from './harness/clients.ts';
import { apiKey, scratch, startHttpServer, type HttpServerProcess, type Scratch } from './harness/server-process.ts';
import { execute, headers } from './harness/tool-requests.ts';

const LAST = 150_000;
const printed = Array.from({ length: LAST }, (_, index) => `${index + 1}\n`).join('');
const tools = `
tools:
  count:
    description: Prints numbers
    command: seq
    args: ['{last}']
    parameters: { last: { type: integer, min: 1, max: 10000000 } }
`;

const checksum = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');

interface Way {
  readonly executionId: string;
  readonly path: string;
  readonly range: string;
}

function wayIn(text: string): Way {
  const line =
    /\[\d+ of \d+ bytes left out here; read them with execution_output \{"executionId":"(?<executionId>[^"]+)","offset":\d+\}(?: or GET (?<path>\S+) with Range: (?<range>bytes=\d+-))?\]/;
  const { executionId = '', path = '', range = '' } = line.exec(text)?.groups ?? {};
  return { executionId, path, range };
}

async function textOf(response: Response): Promise<string> {
  const { content } = (await response.json()) as { content: { text: string }[] };
  return content.map(({ text }) => text).join('\n');
}

async function readAll(client: TestClient, executionId: string): Promise<string> {
  let whole = '';
  for (let offset: number | undefined = 0; offset !== undefined;) {
    const { text } = await client.call('execution_output', { executionId, offset, limit: 65_536 });
    const place = text.lastIndexOf('\n[bytes ');
    whole += text.slice(0, place);
    const next = /next part begins at offset (?<next>\d+)/.exec(text.slice(place))?.groups?.['next'];
    offset = next === undefined ? undefined : Number(next);
  }
  return whole;
}

describe('a server with a folder for output', () => {
  let place: Scratch;
  let server: HttpServerProcess;
  const start = async (): Promise<void> => {
    const file = place.write(
      'config.yaml',
      `
jobs: { directory: ${place.folder}/jobs }
security:
  rateLimit: { requests: 10000, window: 60 }
${tools}`,
    );
    server = await startHttpServer({ configFile: file });
  };
  beforeAll(async () => {
    place = scratch();
    await start();
  });
  afterAll(async () => {
    await server.stop();
    place[Symbol.dispose]();
  });

  test('keeps every byte of a call, also over a restart, and says where', async () => {
    const text = await textOf(await execute(server.url, 'count', { last: LAST }));
    const { path, range } = wayIn(text);
    expect(path).not.toBe('');
    const read = async (more: Record<string, string> = {}): Promise<Response> =>
      fetch(`${server.url}${path}`, { headers: { ...headers, ...more } });
    expect(checksum(await (await read()).text())).toBe(checksum(printed));
    const rest = await read({ range });
    expect(rest.status).toBe(206);
    expect(text.slice(0, text.indexOf('[')) + (await rest.text())).toBe(printed);
    await server.stop();
    await start();
    expect(checksum(await (await read()).text())).toBe(checksum(printed));
    expect((await fetch(`${server.url}${path}`, { headers: { authorization: 'Bearer another' } })).status).toBe(401);
  });

  test.each(clientKinds)('its tool reads every byte: $name', async ({ connect }) => {
    await using client = await connect({ transport: 'http', url: server.url });
    expect(await client.toolNames()).toContain('execution_output');
    expect(await client.toolNames()).not.toContain('execution_status');
    const { text } = await client.call('count', { last: LAST });
    const { executionId } = wayIn(text);
    expect(await readAll(client, executionId)).toBe(printed);
  });

  test('over stdio it names only the tool, which works', async () => {
    const configFile = place.write('stdio.yaml', `jobs: { directory: ${place.folder}/stdio }\n${tools}`);
    const { connect } = clientKinds[0]!;
    await using client = await connect({ transport: 'stdio', configFile, folder: place.folder });
    const { text } = await client.call('count', { last: LAST });
    const { executionId, path } = wayIn(text);
    expect(path).toBe('');
    expect(await readAll(client, executionId)).toBe(printed);
  });
});

test('any of several workers reads what another kept', async () => {
  using place = scratch();
  const file = place.write(
    'config.yaml',
    `server: { workers: 2 }\njobs: { directory: ${place.folder}/jobs }\n${tools}`,
  );
  await using server = await startHttpServer({ configFile: file });
  const { path } = wayIn(await textOf(await execute(server.url, 'count', { last: LAST })));
  for (let time = 0; time < 4; time += 1) {
    // A connection of its own each time, so that both workers are asked.
    const response = await fetch(`${server.url}${path}`, { headers: { ...headers, connection: 'close' } });
    expect(checksum(await response.text())).toBe(checksum(printed));
  }
});

test('a server without one says only that something is missing', async () => {
  await using server = await startHttpServer({ configuration: tools });
  const text = await textOf(await execute(server.url, 'count', { last: LAST }));
  expect(text).toMatch(/\[\d+ of \d+ bytes left out here; narrow the call to see them\]/);
  const id = 'A'.repeat(27);
  expect(
    (await fetch(`${server.url}/executions/${id}`, { headers: { authorization: `Bearer ${apiKey}` } })).status,
  ).toBe(404);
});
