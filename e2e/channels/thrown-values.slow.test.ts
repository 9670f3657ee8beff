/** Nothing of what a module throws reaches a client, whatever is thrown, wherever, in both eras and over both transports. */
import { afterAll, beforeAll, expect, test } from 'vitest';

import { scratch, startHttpServer, type HttpServerProcess, type Scratch } from '../harness/server-process.ts';
import { json, overHttp, overStdio, type RawClient } from './ask-server.ts';
import { PLACES, secret, thrown } from './hostile-values.ts';

/** Texts and plain objects that a tool returns or reports are its output, whatever they say. */
const OWN_OUTPUT: ReadonlySet<string> = new Set(['returned', 'content', 'progress', 'log message', 'logged']);
const PLAIN_VALUES: ReadonlySet<string> = new Set(['text', 'plain', 'bare', 'impostor', 'promise']);

let place: Scratch;
let server: HttpServerProcess;
const clients: RawClient[] = [];

beforeAll(async () => {
  place = scratch();
  const configuration = `
modules: [${new URL('hostile-module.mjs', import.meta.url).pathname}]
security: { rateLimit: { requests: 100000, window: 60 } }
jobs: { directory: ${place.folder}/jobs }
`;
  server = await startHttpServer({ configuration });
  const stdio = place.write('stdio.yaml', configuration);
  for (const era of ['2025', '2026'] as const) {
    clients.push(await overHttp(server.url, era), await overStdio(place.folder, stdio, era));
  }
});
afterAll(async () => {
  for (const client of clients) await client[Symbol.asyncDispose]();
  await server.stop();
  place[Symbol.dispose]();
});

/** Whether it holds what was thrown, or a place in a file; an empty answer is wrong, too. */
function leaks(said: string): boolean {
  return said === '' || said.includes(secret) || /hostile-(?:values|module)\.|\.[cm]?[jt]s:\d+:\d+/.test(said);
}

test.each(Object.keys(thrown))('%s', async (which) => {
  const leaking: string[] = [];
  const look = (where: string, said: string): void => {
    if (leaks(said)) leaking.push(`${where}: ${said.slice(0, 500)}`);
  };
  for (const where of PLACES.filter((each) => !(OWN_OUTPUT.has(each) && PLAIN_VALUES.has(which)))) {
    for (const client of clients) {
      const said = await client.ask('tools/call', { name: 'throws', arguments: { which, where } });
      look(`${where}, ${client.name}`, said);
    }
    const body = JSON.stringify({ arguments: { which, where } });
    const response = await fetch(`${server.url}/tools/throws/execute`, { method: 'POST', headers: json, body });
    look(`${where}, REST`, await response.text());
  }
  for (const client of clients) {
    const argument = { name: 'which', value: which };
    const requests: readonly (readonly [string, Record<string, unknown>])[] = [
      ['tools/call', { name: `schema_${which}`, arguments: {} }],
      ['prompts/get', { name: 'throws_prompt', arguments: { which } }],
      ['resources/read', { uri: `hostile://throws/${which}` }],
      ['completion/complete', { ref: { type: 'ref/prompt', name: 'throws_prompt' }, argument }],
      ['completion/complete', { ref: { type: 'ref/resource', uri: 'hostile://throws/{which}' }, argument }],
    ];
    for (const [method, params] of requests) {
      look(`${method}, ${client.name}`, await client.ask(method, params));
    }
  }
  expect(leaking).toEqual([]);
});

test('nor is it in what the routes show, and the log has no properties of an error', async () => {
  for (const path of ['/tools', '/executions', '/health', '/metrics', '/openapi.json']) {
    const said = await (await fetch(server.url + path, { headers: json })).text();
    expect([path, leaks(said)]).toEqual([path, false]);
  }
  const { stderr } = server.output();
  expect(stderr).toContain(secret);
  expect(stderr).not.toMatch(/"authorization"|"response":|"detail"/);
});
