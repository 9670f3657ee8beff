/** Two built servers with one PostgreSQL for their jobs: it is stopped, and one of them is killed. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { COUNT_TOOL, HOLD_TOOL } from './harness/job-tools.ts';
import { canRunPostgres, PostgresServer } from './harness/postgres-server.ts';
import { apiKey, startHttpServer, type HttpServerProcess } from './harness/server-process.ts';
import { postWithTasks, TASKS_META, TASKS_VERSION, type TasksAnswer } from './harness/tasks-client.ts';

const WITHOUT = canRunPostgres ? '' : ' (SKIPPED: PostgreSQL is not installed)';
const LEASE_SECONDS = 2;
const configuration = `
jobs: { lease: ${LEASE_SECONDS} }
security: { rateLimit: { requests: 10000, window: 60 } }
tools:${HOLD_TOOL}${COUNT_TOOL}
  again:
    description: Takes its time, and may be repeated
    command: sleep
    args: ['{seconds}']
    parameters: { seconds: { type: integer, min: 1, max: 100000 } }
    concurrency: 1
    annotations: { idempotentHint: true }
    job: { mode: required, rerun: ifIdempotent }
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

  const modern = (index: number, method: string, params: object): Promise<TasksAnswer> =>
    postWithTasks(servers[index]!.url, method, params);
  /** The states of a task, as a server pushes them. */
  const listen = async (index: number, taskId: string): Promise<AsyncGenerator<string>> => {
    const response = await fetch(`${servers[index]?.url}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${apiKey}`,
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        'mcp-protocol-version': TASKS_VERSION,
        'mcp-method': 'subscriptions/listen',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 'listen',
        method: 'subscriptions/listen',
        params: { notifications: { taskIds: [taskId] }, _meta: TASKS_META },
      }),
    });
    return statesIn(response.body!);
  };
  /** The server that runs the only job. */
  const owner = async (): Promise<number> =>
    (await Promise.all(servers.map(async ({ url }) => runningIn(url)))).indexOf(1);

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

  test('a job is found on the other server as soon as its client has the answer', async () => {
    for (let time = 0; time < 200; time += 1) {
      const id = await start(time % 2, 'count', { last: 1 });
      const task = await modern(1 - (time % 2), 'tasks/get', { taskId: id });
      expect(task.result).toMatchObject({ taskId: id });
    }
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

  test('a task of another server is pushed to those who listen for it', async () => {
    const id = await start(0, 'hold', { seconds: 2 });
    const pushed = await listen(1, id);
    const states: string[] = [];
    for await (const state of pushed) {
      states.push(state);
      if (state === 'completed') break;
    }
    expect(states.at(0)).toBe('working');
    expect(states.at(-1)).toBe('completed');
  });

  test('a server that is stopped for twice the lease: the job is lost once, and its late result goes nowhere', async () => {
    const id = await start(0, 'hold', { seconds: LEASE_SECONDS * 3 });
    await expect.poll(() => isRunning(LEASE_SECONDS * 3), { timeout: 20_000 }).toBe(true);
    const running = await owner();
    servers[running]?.process.kill('SIGSTOP');
    const other = 1 - running;
    const stopped = performance.now();
    await expect.poll(() => stateOf(other, id), { timeout: 20_000, interval: 100 }).toBe('lost');
    await new Promise((resolve) => {
      setTimeout(resolve, Math.max(0, 2000 * LEASE_SECONDS - (performance.now() - stopped)));
    });
    servers[running]?.process.kill('SIGCONT');
    // Its program is ended, since the job is no longer its own.
    await expect.poll(() => isRunning(LEASE_SECONDS * 3), { timeout: 20_000 }).toBe(false);
    const fenced = (): number => servers[running]!.output().stderr.split('"msg":"job.fenced"').length - 1;
    await expect.poll(fenced, { timeout: 20_000 }).toBe(1);
    for (const index of [0, 1]) {
      const { state, starts } = await execution(index, id);
      expect([state, starts]).toEqual(['lost', 1]);
    }
  });

  test('a PostgreSQL that is away for 20 s: tasks say that the store does not answer, and listening goes on afterwards', async () => {
    const id = await start(0, 'hold', { seconds: 10 });
    await expect.poll(() => isRunning(10), { timeout: 20_000 }).toBe(true);
    await postgres.stop();
    const away = performance.now();
    const task = await modern(1, 'tasks/get', { taskId: id });
    expect(task.error).toMatchObject({ code: -32_603, message: expect.stringContaining('does not answer') });
    await new Promise((resolve) => {
      setTimeout(resolve, 20_000 - (performance.now() - away));
    });
    await postgres.start();
    await expect.poll(() => stateOf(1, id).catch(() => ''), { timeout: 60_000 }).toBe('completed');
    const next = await start(0, 'hold', { seconds: 2 });
    const states: string[] = [];
    for await (const state of await listen(1, next)) {
      states.push(state);
      if (state === 'completed') break;
    }
    expect(states.at(-1)).toBe('completed');
  });

  test('a server that is killed: its job is lost and started no second time unless it may be, its queue goes on, its program is gone', async () => {
    // Both servers have one; the others wait for them.
    const running = [await start(0, 'hold', { seconds: 70_003 }), await start(1, 'hold', { seconds: 70_004 })];
    for (const id of running) await expect.poll(() => stateOf(0, id), { timeout: 20_000 }).toBe('running');
    const queued = await start(0, 'hold', { seconds: 1 });
    expect(await stateOf(1, queued)).toBe('queued');
    const repeatable = [await start(0, 'again', { seconds: 3 }), await start(1, 'again', { seconds: 3 })];
    for (const id of repeatable) await expect.poll(() => stateOf(1, id), { timeout: 20_000 }).toBe('running');
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
    for (const id of repeatable) await expect.poll(() => stateOf(1, id), { timeout: 60_000 }).toBe('completed');
    const starts = await Promise.all(repeatable.map(async (id) => (await execution(1, id)).starts));
    expect(starts.toSorted((a, b) => a - b)).toEqual([1, 2]);
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

async function* statesIn(body: NonNullable<Response['body']>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const message = line.startsWith('data: {') ? (JSON.parse(line.slice(6)) as PushedTask) : undefined;
      if (message?.method === 'notifications/tasks') yield message.params.status;
    }
  }
}

interface PushedTask {
  readonly method?: string;
  readonly params: { readonly status: string };
}

/** Jobs that run in this server. */
async function runningIn(url: string): Promise<number> {
  const metrics = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${apiKey}` } });
  return Number(/^mcp_jobs_running (?<count>\d+)$/m.exec(await metrics.text())?.groups?.['count']);
}
