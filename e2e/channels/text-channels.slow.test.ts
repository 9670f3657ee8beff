/**
 * The list of all channels by which text leaves the server. Each is tried through the built server with text that hides and
 * controls, and with an error whose message and properties are secret. A route that is not on the list fails the test.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';

import {
  apiKey,
  runServer,
  scratch,
  startHttpServer,
  type HttpServerProcess,
  type Scratch,
} from '../harness/server-process.ts';
import { json, overHttp, overStdio, type RawClient } from './ask-server.ts';
import { hiddenIn, hostileText, mark, secret } from './hostile-values.ts';

let place: Scratch;
let server: HttpServerProcess;
let pretty: HttpServerProcess;
const clients: RawClient[] = [];

/** Where the hostile text is expected; it has been neutralised on the way. */
const ANSWERS: Readonly<Record<string, (client: RawClient) => Promise<string>>> = {
  'result, log notification and progress': (client) => client.ask('tools/call', { name: 'says' }),
  'structured content': (client) => client.ask('tools/call', { name: 'answers' }),
  'error of a tool': (client) => client.ask('tools/call', { name: 'refuses' }),
  'output of a program': (client) => client.ask('tools/call', { name: 'prints' }),
  'refusal that names an argument': (client) =>
    client.ask('tools/call', { name: 'says', arguments: { [hostileText]: 1 } }),
  prompt: (client) => client.ask('prompts/get', { name: 'says_prompt' }),
  resource: (client) => client.ask('resources/read', { uri: 'hostile://says' }),
  'contents of a resource': (client) => client.ask('resources/read', { uri: 'hostile://contents' }),
  completion: (client) =>
    client.ask('completion/complete', {
      ref: { type: 'ref/prompt', name: 'says_prompt' },
      argument: { name: 'word', value: '' },
    }),
};

interface Route {
  readonly path?: string;
  /** The hostile text is expected there. @default false */
  readonly shows?: boolean;
  /** It is expected there and is not neutralised. @default false */
  readonly asPrinted?: boolean;
}

/** Routes beside those of calls. */
const ROUTES: Readonly<Record<string, Route>> = {
  'GET /tools': {},
  'GET /tools/{name}': { path: '/tools/says' },
  'GET /executions': { shows: true },
  'GET /executions/{id}': { shows: true },
  // The bytes that the program printed, by their offsets: who reads them neutralises them, as the dashboard does.
  'GET /executions/{id}/output': { asPrinted: true },
  'GET /events': {},
  'GET /health': { shows: true },
  'GET /health/live': {},
  'GET /health/ready': {},
  'GET /health/startup': {},
  'GET /metrics': {},
  'GET /config': {},
  'GET /caller': {},
  'GET /links': {},
  'GET /approvals': {},
  'GET /upstreams': {},
  'GET /apis': {},
  'GET /openapi.json': {},
};
/** Their answers hold nothing that a tool, a program or a caller wrote, or are those of a channel above. */
const WITHOUT_TEXTS = /^(?:POST|DELETE) |^GET \/(?:$|mcp|dashboard|\.well-known|upstreams\/|apis\/)/;

function configuration(format: string): string {
  return `
modules: [${new URL('hostile-module.mjs', import.meta.url).pathname}]
security: { rateLimit: { requests: 100000, window: 60 } }
logging: { level: debug, format: ${format} }
jobs: { directory: ${place.folder}/jobs-${format} }
database: { recordArguments: true }
health:
  dependencies: [{ type: command, name: hostile, command: diff, args: [--text, /dev/null, ${place.folder}/line.txt] }]
tools:
  prints: { description: Prints hostile text, command: cat, args: ['${place.folder}/bytes.txt'] }
  prints_job: { description: Prints it as a job, command: cat, args: ['${place.folder}/bytes.txt'], job: { mode: required } }
`;
}

beforeAll(async () => {
  place = scratch();
  place.write('bytes.txt', hostileText.toWellFormed());
  place.write('line.txt', `${hostileText.toWellFormed().replaceAll(/[\n\r]/g, '')}${mark}\n`);
  server = await startHttpServer({ configuration: configuration('json') });
  pretty = await startHttpServer({ configuration: configuration('pretty') });
  const stdio = place.write('stdio.yaml', configuration('json'));
  for (const era of ['2025', '2026'] as const) {
    clients.push(await overHttp(server.url, era), await overStdio(place.folder, stdio, era));
  }
});
afterAll(async () => {
  for (const client of clients) await client[Symbol.asyncDispose]();
  await server.stop();
  await pretty.stop();
  place[Symbol.dispose]();
});

async function post(url: string, path: string, body: object = {}): Promise<string> {
  const response = await fetch(url + path, { method: 'POST', headers: json, body: JSON.stringify(body) });
  return response.text();
}

/** The texts that a reader gets: of JSON the strings and keys, else the whole. */
function textsIn(said: string): string {
  const documents = said.startsWith('{')
    ? said.split('\n')
    : said.split('\n').map((line) => line.replace(/^data: /, ''));
  return documents.map((line) => (line.startsWith('{') ? stringsIn(JSON.parse(line)).join('\n') : line)).join('\n');
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...stringsIn(member)]);
}

/** What is wrong with what a channel has sent. */
function problemsOf(channel: string, text: string, shows = true): string[] {
  const hidden = hiddenIn(text);
  return [
    ...(text.includes(mark) === shows
      ? []
      : [`${channel}: the text is ${shows ? 'not ' : ''}there: ${text.slice(0, 300)}`]),
    ...(hidden.length === 0 ? [] : [`${channel}: ${hidden.join(', ')}`]),
    ...(text.includes(secret) ? [`${channel}: a secret`] : []),
  ];
}

test.each(Object.keys(ANSWERS))('%s, in both eras and over both transports', async (channel) => {
  const problems: string[] = [];
  for (const client of clients) {
    const said = await ANSWERS[channel]?.(client);
    problems.push(...problemsOf(client.name, textsIn(said ?? '')));
  }
  expect(problems).toEqual([]);
});

test('every route, the output of a job and the events', async () => {
  const { url } = server;
  const printed = hostileText.toWellFormed();
  const problems: string[] = [];
  const events = await fetch(`${url}/events`, { headers: json });
  const heard = events.body?.pipeThrough(new TextDecoderStream()).getReader();
  for (const name of ['says', 'answers', 'refuses', 'prints']) {
    problems.push(...problemsOf(`POST /tools/${name}/execute`, textsIn(await post(url, `/tools/${name}/execute`))));
  }
  problems.push(
    ...problemsOf(
      'refusal',
      textsIn(await post(url, '/tools/says/execute', { arguments: { [hostileText]: hostileText } })),
    ),
  );
  const { executionId } = JSON.parse(await post(url, '/tools/prints_job/execute')) as { executionId: string };
  const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Record<string, object> };
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(routes.filter((route) => !WITHOUT_TEXTS.test(route)).sort()).toEqual(Object.keys(ROUTES).sort());
  const get = async (path: string): Promise<string> => (await fetch(url + path, { headers: json })).text();
  await expect.poll(() => get(`/executions/${executionId}`)).toContain('completed');
  await expect.poll(() => get('/health')).toContain(mark);
  for (const [route, { path = route.slice(4), shows = false, asPrinted = false }] of Object.entries(ROUTES)) {
    if (route === 'GET /events') continue;
    const said = await get(path.replace('{id}', executionId));
    problems.push(...(asPrinted ? (said.includes(printed) ? [] : [route]) : problemsOf(route, textsIn(said), shows)));
  }
  let said = '';
  while (!said.includes('job.changed')) said += (await heard?.read())?.value ?? '';
  await heard?.cancel();
  problems.push(...problemsOf('GET /events', textsIn(said), false));
  expect(problems).toEqual([]);
  // A path and a query are in no answer as they came.
  expect(hiddenIn(await get(`/${encodeURIComponent(printed)}`))).toEqual([]);
  expect(hiddenIn(await get(`/executions?${encodeURIComponent(printed)}=1`))).toEqual([]);
});

test('the log in both formats', async () => {
  for (const each of [server, pretty]) {
    for (const name of ['says', 'refuses', 'prints']) await post(each.url, `/tools/${name}/execute`);
    await expect.poll(() => each.output().stderr).toContain(mark);
    const { stderr } = each.output();
    expect(hiddenIn(stderr)).toEqual([]);
    // Of an error the operator gets the message and the stack, and none of its properties.
    expect(stderr).not.toMatch(/authorization|"?response"?: ?\{/);
    expect(stderr.split('\n').filter((line) => line.startsWith('[12:00:00.000]'))).toEqual([]);
  }
  expect(
    server
      .output()
      .stderr.trimEnd()
      .split('\n')
      .map((line) => typeof JSON.parse(line)),
  ).not.toContain('string');
});

test('commands', async () => {
  const problems: string[] = [];
  const env = { MCP_CLI_SERVER: server.url, MCP_CLI_KEY: apiKey };
  for (const args of [
    ['call', 'says'],
    ['call', 'says', '--json'],
    ['call', 'answers'],
    ['call', 'refuses'],
  ]) {
    const { stdout, stderr } = await runServer(args, env);
    problems.push(...problemsOf(args.join(' '), stdout + stderr));
  }
  const config = place.write('wrong.yaml', `server: { ${JSON.stringify(hostileText.toWellFormed())}: 1 }\n`);
  for (const args of [['--check'], ['doctor'], ['doctor', '--json']]) {
    const { stdout, stderr } = await runServer([...args, '--config', config]);
    problems.push(...problemsOf(args.join(' '), stdout + stderr));
  }
  const { stderr } = await runServer([`--${mark}\u202e\u001b[2J`]);
  problems.push(...problemsOf('a wrong option', stderr));
  expect(problems).toEqual([]);
});
