/** A server that is killed at any step of a job: each job has one end and one start, and no program outlives its server. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as elapsed } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { launchersOf } from './harness/processes.ts';
import { freePort, scratch, startHttpServer, type HttpServerProcess, type Scratch } from './harness/server-process.ts';
import { execute, headers } from './harness/tool-requests.ts';

const FINAL = new Set(['completed', 'lost']);

let place: Scratch;
let port: number;
let server: HttpServerProcess;

async function start(): Promise<void> {
  server = await startHttpServer({
    port,
    configuration: `
security: { rateLimit: { requests: 10000, window: 60 } }
jobs: { directory: ${place.folder}/jobs, lease: 1 }
tools:
  work:
    description: Notes its start and works
    command: sh
    allowInterpreter: true
    args: [${join(place.folder, 'work.sh')}, '{number}', '{lines}']
    parameters: { number: { type: integer, min: 0, max: 1000000 }, lines: { type: integer, min: 1, max: 1000 } }
    concurrency: 2
    job: required
  again:
    description: Notes its start and works, and may be repeated
    command: sh
    allowInterpreter: true
    args: [${join(place.folder, 'work.sh')}, '{number}', '{lines}']
    parameters: { number: { type: integer, min: 0, max: 1000000 }, lines: { type: integer, min: 1, max: 1000 } }
    annotations: { idempotentHint: true }
    job: { mode: required, rerun: ifIdempotent }
`,
  });
}

beforeAll(async () => {
  place = scratch();
  port = await freePort();
  place.write(
    'work.sh',
    `echo "$1" >> '${place.folder}/starts'; for i in $(seq 1 "$2"); do echo "$1 line $i"; sleep 0.05; done\n`,
  );
  await start();
});
afterAll(async () => {
  await server.stop();
  place[Symbol.dispose]();
});

interface Execution {
  readonly state: string;
  readonly starts: number;
  readonly endedAt: string | null;
  readonly result?: { readonly structuredContent: { readonly error?: object } };
}

async function execution(id: string): Promise<Execution> {
  return (await (await fetch(`${server.url}/executions/${id}`, { headers })).json()) as Execution;
}

function startsOf(number: number): number {
  const file = join(place.folder, 'starts');
  if (!existsSync(file)) return 0;
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line === String(number)).length;
}

function programs(): number {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(join(place.folder, 'work.sh'));
    } catch {
      return false;
    }
  }).length;
}

/** From the request on: before its answer, in the queue, at the start, while it prints, at its end, and after it. */
const moments = [0, 5, 20, 60, 120, 200, 300, 400, 450, 500, 550, 700];

test.each(moments)('%i ms after five jobs were asked for', async (afterMs) => {
  const numbers = Array.from({ length: 5 }, (_, index) => afterMs * 10 + index);
  const asking = numbers.map(async (number) => {
    const response = await execute(server.url, 'work', { number, lines: 8 }, { prefer: 'respond-async' }).catch(
      () => undefined,
    );
    const body = response?.status === 202 ? ((await response.json()) as { executionId: string }) : undefined;
    return body && { number, id: body.executionId };
  });
  await elapsed(afterMs);
  server.process.kill('SIGKILL');
  await server.closed;
  const known = (await Promise.all(asking)).filter((job) => job !== undefined);
  await expect.poll(programs).toBe(0);
  await start();
  const ends = new Map<string, string>();
  for (const { number, id } of known) {
    await expect.poll(async () => FINAL.has((await execution(id)).state), { timeout: 30_000 }).toBe(true);
    const { state, starts } = await execution(id);
    ends.set(id, state);
    expect(starts).toBe(1);
    expect(startsOf(number)).toBeLessThanOrEqual(1);
    expect([state, startsOf(number)]).not.toEqual(['completed', 0]);
  }
  // Those whose client was not answered, too.
  const open = async (): Promise<number> => {
    const found = await fetch(`${server.url}/executions?state=open`, { headers });
    return ((await found.json()) as { entries: unknown[] }).entries.length;
  };
  await expect.poll(open, { timeout: 30_000 }).toBe(0);
  for (const number of numbers) expect(startsOf(number)).toBeLessThanOrEqual(1);
  // A later life changes no end.
  for (const [id, state] of ends) expect((await execution(id)).state).toBe(state);
});

test('a client that goes on following the output after a restart misses nothing', async () => {
  const response = await execute(server.url, 'work', { number: 900_000, lines: 400 }, { prefer: 'respond-async' });
  const { executionId } = (await response.json()) as { executionId: string };
  const follow = (from?: string): Promise<Response> =>
    fetch(`${server.url}/executions/${executionId}/output?follow=true`, {
      headers: { ...headers, ...(from !== undefined && { 'last-event-id': from }) },
    });
  const textIn = (events: string): string =>
    [...events.matchAll(/^event: output\ndata: (?<data>.*)$/gm)]
      .map(({ groups }) => (JSON.parse(groups?.['data'] ?? '{}') as { text: string }).text)
      .join('');
  const reader = (await follow()).body!.pipeThrough(new TextDecoderStream()).getReader();
  let before = '';
  while (!before.includes('line 2')) before += (await reader.read()).value ?? '';
  const lastId = [...before.matchAll(/^id: (?<id>\d+)$/gm)].at(-1)?.groups?.['id'] ?? '0';
  server.process.kill('SIGKILL');
  await server.closed;
  await reader.cancel().catch(() => undefined);
  await start();
  await expect.poll(async () => (await execution(executionId)).state, { timeout: 30_000 }).toBe('lost');
  const after = await (await follow(lastId)).text();
  const whole = await (await fetch(`${server.url}/executions/${executionId}/output`, { headers })).text();
  expect(textIn(before) + textIn(after)).toBe(whole);
  expect(after).toContain('event: end\ndata: {"state":"lost"}');
});

test('a server that is stopped for twice the lease goes on with what it runs: nobody else could have it', async () => {
  const response = await execute(server.url, 'work', { number: 900_001, lines: 60 }, { prefer: 'respond-async' });
  const { executionId } = (await response.json()) as { executionId: string };
  await expect.poll(() => startsOf(900_001)).toBe(1);
  server.process.kill('SIGSTOP');
  await elapsed(2000);
  server.process.kill('SIGCONT');
  await expect.poll(async () => (await execution(executionId)).state, { timeout: 30_000 }).toBe('completed');
  expect(startsOf(900_001)).toBe(1);
  const output = await (await fetch(`${server.url}/executions/${executionId}/output`, { headers })).text();
  expect(output.trimEnd().split('\n')).toHaveLength(60);
});

test('a launcher process that is stopped for twice the lease: one start, one end, and no advice to repeat it', async () => {
  const response = await execute(server.url, 'work', { number: 900_003, lines: 60 }, { prefer: 'respond-async' });
  const { executionId } = (await response.json()) as { executionId: string };
  await expect.poll(() => startsOf(900_003)).toBe(1);
  const launchers = launchersOf(server.process.pid!);
  expect(launchers).not.toEqual([]);
  for (const launcher of launchers) process.kill(launcher, 'SIGSTOP');
  await expect.poll(async () => (await execution(executionId)).endedAt, { timeout: 30_000 }).not.toBeNull();
  const { state, starts, result } = await execution(executionId);
  expect([state, starts, startsOf(900_003)]).toEqual(['completed', 1, 1]);
  expect(result?.structuredContent.error).toMatchObject({
    type: 'unavailable',
    message: expect.stringContaining('unknown'),
    suggestion: expect.stringContaining('Check what it changed'),
  });
  await expect.poll(programs).toBe(0);
  expect((await execute(server.url, 'work', { number: 900_004, lines: 1 }, { prefer: 'wait=10' })).status).toBeLessThan(
    300,
  );
});

test('a job that may be repeated is started three times, and not a fourth, where its server dies each time', async () => {
  const response = await execute(server.url, 'again', { number: 900_002, lines: 1000 }, { prefer: 'respond-async' });
  const { executionId } = (await response.json()) as { executionId: string };
  for (const times of [1, 2, 3]) {
    await expect.poll(() => startsOf(900_002), { timeout: 60_000 }).toBe(times);
    server.process.kill('SIGKILL');
    await server.closed;
    await expect.poll(programs, { timeout: 20_000 }).toBe(0);
    await start();
  }
  await expect.poll(async () => (await execution(executionId)).state, { timeout: 30_000 }).toBe('lost');
  expect([startsOf(900_002), (await execution(executionId)).starts]).toEqual([3, 3]);
});
