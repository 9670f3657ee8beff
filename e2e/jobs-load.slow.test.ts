/** 500 jobs of five callers on a built server: each is started once, callers take turns, and a full quota is one caller's own. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { scratch, startHttpServer, type HttpServerProcess, type Scratch } from './harness/server-process.ts';

const CALLERS = ['ann', 'bob', 'cy', 'dan', 'eve'] as const;
/** Of one caller; the others have 50 each. */
const MANY = 300;
const FEW = 50;

let place: Scratch;
let server: HttpServerProcess;
beforeAll(async () => {
  place = scratch();
  // Each run waits for the gate, so that nothing ends before everything is queued.
  const script = `echo "$1 $2" >> '${place.folder}/starts'; until [ -e '${place.folder}/gate' ]; do sleep 0.05; done; echo "$1 $2"\n`;
  const keys = CALLERS.map((name) => `{ name: ${name}, key: ${keyOf(name)}, scopes: ['tools:call'] }`);
  server = await startHttpServer({
    configuration: `
security:
  apiKeys: [${keys.join(', ')}]
  rateLimit: { requests: 10000, window: 60 }
jobs: { directory: ${place.folder}/jobs, perCaller: ${MANY} }
tools:
  note:
    description: Notes its start
    command: sh
    allowInterpreter: true
    args: [${place.write('note.sh', script)}, '{caller}', '{number}']
    parameters: { caller: { type: string, maxLength: 10 }, number: { type: integer, min: 0, max: 1000 } }
    concurrency: 1
    job: required
`,
  });
});
afterAll(async () => {
  await server.stop();
  place[Symbol.dispose]();
});

function keyOf(caller: string): string {
  return `${caller}-key-0123456789`;
}

async function start(caller: string, number: number): Promise<Response> {
  return fetch(`${server.url}/tools/note/execute`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${keyOf(caller)}`,
      'content-type': 'application/json',
      prefer: 'respond-async',
    },
    body: JSON.stringify({ arguments: { caller, number } }),
  });
}

async function stateOf(caller: string, id: string): Promise<{ state: string; starts: number }> {
  const headers = { authorization: `Bearer ${keyOf(caller)}` };
  return (await (await fetch(`${server.url}/executions/${id}`, { headers })).json()) as never;
}

test('five callers', async () => {
  const [greedy, ...others] = CALLERS;
  const jobs: { readonly caller: string; readonly id: string }[] = [];
  const startSome = async (caller: string, count: number): Promise<void> => {
    for (let number = 0; number < count; number += 1) {
      const response = await start(caller, number);
      expect(response.status).toBe(202);
      jobs.push({ caller, id: ((await response.json()) as { executionId: string }).executionId });
    }
  };
  await startSome(greedy, MANY);
  const refused = await start(greedy, MANY);
  expect([refused.status, ((await refused.json()) as { type: string }).type]).toEqual([
    507,
    expect.stringContaining('quota'),
  ]);
  await Promise.all(others.map((caller) => startSome(caller, FEW)));

  writeFileSync(join(place.folder, 'gate'), '');
  const starts = (): string[] => readFileSync(join(place.folder, 'starts'), 'utf8').trimEnd().split('\n');
  await expect.poll(() => starts().length, { timeout: 180_000, interval: 500 }).toBe(jobs.length);

  const order = starts();
  expect(new Set(order).size).toBe(jobs.length);
  for (const caller of others) {
    const places = order.flatMap((line, index) => (line.startsWith(`${caller} `) ? [index] : []));
    // Equal shares, and one job of the caller that was there first.
    for (const [nth, index] of places.entries()) expect(index).toBeLessThanOrEqual((nth + 1) * CALLERS.length + 1);
  }
  const ends = async (): Promise<Set<string>> => {
    const found = new Set<string>();
    for (const { caller, id } of jobs) {
      const { state, starts: count } = await stateOf(caller, id);
      found.add(`${state} ${count}`);
    }
    return found;
  };
  await expect.poll(ends).toEqual(new Set(['completed 1']));
});
