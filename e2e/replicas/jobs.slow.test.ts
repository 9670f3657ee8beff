/** Jobs of three servers behind nginx with one Redis and one PostgreSQL, where each request may reach another server. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { canRunPostgres, PostgresServer } from '../harness/postgres-server.ts';
import { scratch, type Scratch } from '../harness/server-process.ts';
import { postWithTasks } from '../harness/tasks-client.ts';
import { execute, headers } from '../harness/tool-requests.ts';
import { canRun, Cluster } from './cluster.ts';

const MANY = 'requests: 1000000, window: 60, burst: 1000000';
const RETENTION_SECONDS = 10;

/** @param notes each run adds a line to it */
const tools = (script: string, notes: string): string => `  note:
    description: Notes its run
    command: sh
    allowInterpreter: true
    args: [${script}, ${notes}, '{seconds}']
    parameters: { seconds: { type: integer, min: 0, max: 100000 } }
    concurrency: 50
    job: required
jobs: { lease: 2, perCaller: 1000, retention: ${RETENTION_SECONDS} }
`;

describe.runIf(canRun && canRunPostgres)('jobs of three servers behind nginx', { timeout: 300_000 }, () => {
  const postgres = new PostgresServer();
  let place: Scratch;
  let cluster: Cluster;
  let urls: string[];
  beforeAll(async () => {
    place = scratch();
    await postgres.start();
    const script = place.write('note.sh', 'echo run >> "$1"; sleep "$2"\n');
    cluster = new Cluster(tools(script, join(place.folder, 'notes')), { MCP_DATABASE_URL: postgres.url });
    await cluster.start(MANY);
    urls = cluster.servers.map(({ url }) => url);
  }, 120_000);
  afterAll(async () => {
    await cluster[Symbol.asyncDispose]();
    await postgres[Symbol.asyncDispose]();
    place[Symbol.dispose]();
  });

  const startTask = async (url: string, seconds: number): Promise<string> =>
    String((await postWithTasks(url, 'tools/call', { name: 'note', arguments: { seconds } })).result?.['taskId']);
  const statusOf = async (url: string, taskId: string): Promise<unknown> =>
    (await postWithTasks(url, 'tasks/get', { taskId })).result?.['status'];
  const runs = (): number => {
    const notes = join(place.folder, 'notes');
    return existsSync(notes) ? readFileSync(notes, 'utf8').split('\n').length - 1 : 0;
  };

  test('are found on the other servers at the moment in which one of them has answered', async () => {
    for (let round = 0; round < 100; round++) {
      const taskId = await startTask(urls[round % 3] ?? '', 0);
      const found = await Promise.all(urls.map((url) => postWithTasks(url, 'tasks/get', { taskId })));
      for (const { result } of found) expect(result?.['taskId']).toBe(taskId);
    }
  });

  test('are cancelled on any server, as often as a client asks', async () => {
    const taskId = await startTask(urls[0] ?? '', 70_000);
    await expect.poll(() => statusOf(urls[1] ?? '', taskId)).toBe('working');
    const acks = await Promise.all(
      Array.from({ length: 20 }, (_, index) => postWithTasks(urls[index % 3] ?? '', 'tasks/cancel', { taskId })),
    );
    for (const { result, error } of acks) expect([result?.['resultType'], error]).toEqual(['complete', undefined]);
    for (const url of urls) await expect.poll(() => statusOf(url, taskId), { timeout: 20_000 }).toBe('cancelled');
  });

  test('run once for one idempotency key that is sent to all at once, and not again after their server was killed', async () => {
    const before = runs();
    const key = { prefer: 'respond-async', 'idempotency-key': 'one-for-all' };
    const ids = new Set<string>();
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        const response = await execute(urls[index % 3] ?? '', 'note', { seconds: 70_000 }, key);
        expect(response.status).toBe(202);
        ids.add(((await response.json()) as { executionId: string }).executionId);
      }),
    );
    expect(ids.size).toBe(1);
    expect((await execute(urls[1] ?? '', 'note', { seconds: 1 }, key)).status).toBe(422);
    await expect.poll(runs, { timeout: 20_000 }).toBe(before + 1);
    const [taskId = ''] = ids;
    const running = await Promise.all(
      urls.map(async (url) => /^mcp_jobs_running 1$/m.test(await (await fetch(`${url}/metrics`, { headers })).text())),
    );
    const victim = running.indexOf(true);
    await cluster.kill(victim);
    const others = urls.filter((_, index) => index !== victim);
    await expect.poll(() => statusOf(others[0] ?? '', taskId), { timeout: 20_000, interval: 100 }).toBe('failed');
    const again = await execute(others[1] ?? '', 'note', { seconds: 70_000 }, key);
    expect(await again.json()).toMatchObject({ executionId: taskId, state: 'lost' });
    expect(runs()).toBe(before + 1);
    await cluster.startServer(victim);
  });

  test('that are over, foreign or were never there are answered alike', async () => {
    const [expired, url] = [await startTask(urls[0] ?? '', 0), urls[2] ?? ''];
    await expect.poll(() => statusOf(url, expired), { timeout: 20_000 }).toBe('completed');
    await expect.poll(() => statusOf(url, expired), { timeout: 60_000, interval: 500 }).toBeUndefined();
    for (const method of ['tasks/get', 'tasks/update', 'tasks/cancel']) {
      const answers = await Promise.all(
        [expired, 'A'.repeat(27)].map((taskId) => postWithTasks(url, method, { taskId, inputResponses: {} })),
      );
      expect(answers[0]).toEqual(answers[1]);
      expect(answers[0]?.error?.code).toBe(-32_602);
    }
  });
});
