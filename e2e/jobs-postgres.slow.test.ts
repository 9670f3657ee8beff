/** Two built servers with one PostgreSQL for their jobs: it is stopped, and one of them is killed. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { canRunPostgres, PostgresServer } from './harness/postgres-server.ts';
import { apiKey, startHttpServer, type HttpServerProcess } from './harness/server-process.ts';

const WITHOUT = canRunPostgres ? '' : ' (SKIPPED: PostgreSQL is not installed)';
const LEASE_SECONDS = 2;
const configuration = `
jobs: { lease: ${LEASE_SECONDS} }
security: { rateLimit: { requests: 10000, window: 60 } }
tools:
  hold:
    description: Takes its time
    command: sleep
    args: ['{seconds}']
    parameters: { seconds: { type: integer, min: 1, max: 100000 } }
    concurrency: 1
    job: required
  count:
    description: Prints numbers
    command: seq
    args: ['{last}']
    parameters: { last: { type: integer, min: 1, max: 10000000 } }
    job: required
`;

interface Execution {
  readonly executionId: string;
  readonly state: string;
  readonly starts: number;
  readonly error?: { readonly type: string };
}

describe.skipIf(!canRunPostgres)(`servers that share their jobs in PostgreSQL${WITHOUT}`, () => {
  const postgres = new PostgresServer();
  const servers: HttpServerProcess[] = [];

  const startServer = async (index: number): Promise<void> => {
    servers[index] = await startHttpServer({ configuration, env: { MCP_DATABASE_URL: postgres.url } });
  };
  const ask = (index: number, path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${servers[index]?.url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', prefer: 'respond-async' },
    });
  const post = (index: number, tool: string, values: object): Promise<Response> =>
    ask(index, `/tools/${tool}/execute`, { method: 'POST', body: JSON.stringify({ arguments: values }) });
  const start = async (index: number, tool: string, values: object): Promise<string> =>
    ((await (await post(index, tool, values)).json()) as Execution).executionId;
  const execution = async (index: number, id: string): Promise<Execution> =>
    (await (await ask(index, `/executions/${id}`)).json()) as Execution;
  const stateOf = async (index: number, id: string): Promise<string> => (await execution(index, id)).state;

  beforeAll(async () => {
    await postgres.start();
    await Promise.all([startServer(0), startServer(1)]);
  });
  afterAll(async () => {
    for (const server of servers) server.process.kill('SIGKILL');
    for (const server of servers) await server.stop();
    await postgres[Symbol.asyncDispose]();
  });

  test('a job and all of its output are read on the other server', async () => {
    const id = await start(0, 'count', { last: 300_000 });
    await expect.poll(() => stateOf(1, id), { timeout: 60_000 }).toBe('completed');
    const printed = `${Array.from({ length: 300_000 }, (_, index) => index + 1).join('\n')}\n`;
    const output = await (await ask(1, `/executions/${id}/output`)).text();
    const checksum = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(checksum(output)).toBe(checksum(printed));
  });

  test('a job is cancelled on the server that does not run it, and its program is gone', async () => {
    const ids = [await start(0, 'hold', { seconds: 70_001 }), await start(1, 'hold', { seconds: 70_002 })];
    for (const id of ids) await expect.poll(() => stateOf(0, id), { timeout: 20_000 }).toBe('running');
    await expect.poll(() => [isRunning(70_001), isRunning(70_002)]).toEqual([true, true]);
    for (const id of ids) for (const index of [0, 1]) await ask(index, `/executions/${id}`, { method: 'DELETE' });
    for (const id of ids) await expect.poll(() => stateOf(1, id), { timeout: 20_000 }).toBe('cancelled');
    await expect.poll(() => [isRunning(70_001), isRunning(70_002)]).toEqual([false, false]);
  });

  test('a PostgreSQL that is away for longer than a lease loses no job, and nobody needs a restart', async () => {
    const id = await start(0, 'hold', { seconds: LEASE_SECONDS * 3 });
    await expect.poll(() => isRunning(LEASE_SECONDS * 3), { timeout: 20_000 }).toBe(true);
    await postgres.stop();
    const [read, started] = [await ask(0, `/executions/${id}`), await post(1, 'count', { last: 1 })];
    for (const response of [read, started]) {
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).not.toBeNull();
      expect(((await response.json()) as { type: string }).type).toContain('store_unavailable');
    }
    // The job ends meanwhile.
    await expect.poll(() => isRunning(LEASE_SECONDS * 3), { timeout: 60_000 }).toBe(false);
    await postgres.start();
    await expect.poll(async () => (await ask(1, `/executions/${id}`)).status, { timeout: 30_000 }).toBe(200);
    await expect.poll(() => stateOf(1, id), { timeout: 60_000 }).toBe('completed');
    const next = await start(1, 'count', { last: 3 });
    await expect.poll(() => stateOf(0, next), { timeout: 20_000 }).toBe('completed');
  });

  test('a server that is killed: its job is lost and started no second time, its queue goes on, its program is gone', async () => {
    // Both servers have one; the others wait for them.
    const running = [await start(0, 'hold', { seconds: 70_003 }), await start(1, 'hold', { seconds: 70_004 })];
    for (const id of running) await expect.poll(() => stateOf(0, id), { timeout: 20_000 }).toBe('running');
    const queued = await start(0, 'hold', { seconds: 1 });
    expect(await stateOf(1, queued)).toBe('queued');
    servers[0]?.process.kill('SIGKILL');
    await servers[0]?.closed;
    const lost = async (): Promise<string[]> => (await Promise.all(running.map((id) => stateOf(1, id)))).toSorted();
    await expect.poll(lost, { timeout: 60_000 }).toEqual(['lost', 'running']);
    const ended = await Promise.all(running.map((id) => execution(1, id)));
    expect(ended.map(({ starts }) => starts)).toEqual([1, 1]);
    expect(ended.find(({ state }) => state === 'lost')?.error?.type).toBe('runner_lost');
    await expect.poll(() => [isRunning(70_003), isRunning(70_004)].filter(Boolean)).toHaveLength(1);
    for (const { executionId, state } of ended)
      if (state === 'running') await ask(1, `/executions/${executionId}`, { method: 'DELETE' });
    await expect.poll(() => stateOf(1, queued), { timeout: 60_000 }).toBe('completed');
  });
});

/** Whether a `sleep` of this length runs on this machine. */
function isRunning(seconds: number): boolean {
  return readdirSync('/proc').some((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').endsWith(`sleep\0${seconds}\0`);
    } catch {
      return false;
    }
  });
}
