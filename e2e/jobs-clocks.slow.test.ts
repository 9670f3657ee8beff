/** Two built servers with one PostgreSQL for their jobs, whose clocks are two hours apart; PostgreSQL has the time between them. */
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { HOLD_TOOL } from './harness/job-tools.ts';
import { canRunPostgres, PostgresServer } from './harness/postgres-server.ts';
import { startHttpServer, type HttpServerProcess } from './harness/server-process.ts';
import { execute, headers } from './harness/tool-requests.ts';

/** Shows a process another time; only where the Debian package faketime is installed. */
const [fakeTime] = globSync('/usr/lib/*/faketime/libfaketime.so.1');

const LEASE_SECONDS = 2;
const configuration = `
jobs: { lease: ${LEASE_SECONDS} }
security: { rateLimit: { requests: 10000, window: 60 } }
tools:${HOLD_TOOL}
  limited:
    description: Has five seconds
    command: sleep
    args: ['{seconds}']
    parameters: { seconds: { type: integer, min: 1, max: 100000 } }
    concurrency: 1
    job: { mode: required, timeout: 5 }
`;

interface Execution {
  readonly executionId: string;
  readonly state: string;
  readonly starts: number;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly result?: { readonly content: readonly { readonly text: string }[] };
}

describe.runIf(canRunPostgres && fakeTime !== undefined)('servers whose clocks differ', { timeout: 120_000 }, () => {
  const postgres = new PostgresServer();
  const servers: HttpServerProcess[] = [];
  beforeAll(async () => {
    await postgres.start();
    for (const offset of ['-1h', '+1h']) {
      const env = { MCP_DATABASE_URL: postgres.url, LD_PRELOAD: fakeTime ?? '', FAKETIME: offset };
      servers.push(await startHttpServer({ configuration, env }));
    }
  });
  afterAll(async () => {
    for (const server of servers) server.process.kill('SIGKILL');
    for (const server of servers) await server.stop();
    await postgres[Symbol.asyncDispose]();
  });

  const urlOf = (index: number): string => servers[index]?.url ?? '';
  const start = async (index: number, tool: string, seconds: number): Promise<string> => {
    const response = await execute(urlOf(index), tool, { seconds }, { prefer: 'respond-async' });
    return ((await response.json()) as Execution).executionId;
  };
  const execution = async (index: number, id: string): Promise<Execution> =>
    (await (await fetch(`${urlOf(index)}/executions/${id}`, { headers })).json()) as Execution;
  /** Of two jobs, one on each server, as the other one sees it. */
  const startTwo = async (tool: string, seconds: readonly [number, number]): Promise<string[]> => {
    const ids = [await start(0, tool, seconds[0]), await start(1, tool, seconds[1])];
    for (const id of ids) await expect.poll(async () => (await execution(0, id)).state).toBe('running');
    return ids;
  };
  const untilEnded = async (ids: readonly string[]): Promise<Execution[]> => {
    const states = (): Promise<boolean[]> =>
      Promise.all(ids.map(async (id) => ['queued', 'running'].includes((await execution(1, id)).state)));
    await expect.poll(states, { timeout: 60_000 }).toEqual(ids.map(() => false));
    return Promise.all(ids.map((id) => execution(0, id)));
  };

  test("hold their leases: a job of twice the lease is nobody else's, and ends by itself", async () => {
    const ended = await untilEnded(await startTwo('hold', [LEASE_SECONDS * 2, LEASE_SECONDS * 2]));
    expect(ended.map(({ state, starts }) => `${state} ${starts}`)).toEqual(['completed 1', 'completed 1']);
  });

  test('end a job at its deadline, by the time that it has run', async () => {
    const ended = await untilEnded(await startTwo('limited', [70_011, 70_012]));
    for (const { result } of ended) expect(result?.content[0]?.text).toMatch(/^timeout: /u);
    for (const { startedAt, endedAt } of ended)
      expect(Date.parse(endedAt) - Date.parse(startedAt)).toBeGreaterThanOrEqual(5000);
    // By the clock of PostgreSQL, which is that of this test.
    for (const { endedAt } of ended) expect(Math.abs(Date.parse(endedAt) - Date.now())).toBeLessThan(600_000);
  });

  test('notice that one of them was killed', async () => {
    await startTwo('hold', [70_013, 70_014]);
    servers[0]?.process.kill('SIGKILL');
    await servers[0]?.closed;
    const list = async (): Promise<string[]> => {
      const found = await (await fetch(`${urlOf(1)}/executions?state=lost`, { headers })).json();
      return (found as { entries: Execution[] }).entries.map(({ state, starts }) => `${state} ${starts}`);
    };
    await expect.poll(list, { timeout: 20_000 }).toEqual(['lost 1']);
    expect([isRunning(70_013), isRunning(70_014)].filter(Boolean)).toHaveLength(1);
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
