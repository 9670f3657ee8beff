/** `mcp-server call` of a tool that the server runs as a job: waited for, and cancelled by Ctrl-C. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';

import {
  apiKey,
  cleanEnvironment,
  runServer,
  scratch,
  serverProgram,
  startHttpServer,
  type HttpServerProcess,
  type Scratch,
} from './harness/server-process.ts';
import { headers } from './harness/tool-requests.ts';

let place: Scratch;
let server: HttpServerProcess;
beforeAll(async () => {
  place = scratch();
  server = await startHttpServer({
    configuration: `
jobs: { directory: ${place.folder}/jobs }
tools:
  nap:
    description: Sleeps
    command: sleep
    args: ['{seconds}']
    parameters: { seconds: { type: integer, min: 0, max: 600 } }
    job: required
`,
  });
});
afterAll(async () => {
  await server.stop();
  place[Symbol.dispose]();
});

async function states(): Promise<string[]> {
  const kept = await Promise.all(
    ['open', 'ended'].map(async (state) =>
      (await fetch(`${server.url}/executions?state=${state}`, { headers })).json(),
    ),
  );
  return (kept as { entries: { state: string }[] }[]).flatMap(({ entries }) => entries.map(({ state }) => state));
}

test('waits for the result', async () => {
  const { code, stdout } = await runServer(['call', 'nap', '--seconds', '2', '--server', server.url], {
    MCP_CLI_KEY: apiKey,
  });
  expect([code, stdout]).toEqual([0, '[no output; exit code 0]\n']);
  expect(await states()).toEqual(['completed']);
});

test('Ctrl-C cancels the job', async () => {
  const child = spawn(process.execPath, [serverProgram, 'call', 'nap', '--seconds', '600', '--server', server.url], {
    env: cleanEnvironment(place.folder, { MCP_CLI_KEY: apiKey }),
    stdio: 'ignore',
  });
  const closed = once(child, 'close');
  await expect.poll(states).toContain('running');
  child.kill('SIGINT');
  expect((await closed)[0]).toBe(130);
  await expect.poll(states).toEqual(['cancelled', 'completed']);
});
