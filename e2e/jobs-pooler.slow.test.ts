/** Two built servers whose PostgreSQL is behind PgBouncer in transaction mode, where LISTEN hears nothing: jobs work all the same. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { COUNT_TOOL, HOLD_TOOL } from './harness/job-tools.ts';
import { canRunPgbouncer, startPgbouncer, type Pgbouncer } from './harness/pgbouncer.ts';
import { canRunPostgres, PostgresServer } from './harness/postgres-server.ts';
import { apiKey, startHttpServer, type HttpServerProcess } from './harness/server-process.ts';

const canRun = canRunPgbouncer && canRunPostgres;
const configuration = `
security: { rateLimit: { requests: 100000, window: 60 } }
tools:${COUNT_TOOL}${HOLD_TOOL}
`;

interface Execution {
  readonly executionId: string;
  readonly state: string;
  readonly starts: number;
}

describe.skipIf(!canRun)(`servers behind a pooler${canRun ? '' : ' (SKIPPED: pgbouncer is not installed)'}`, () => {
  const postgres = new PostgresServer();
  let pooler: Pgbouncer;
  const servers: HttpServerProcess[] = [];
  beforeAll(async () => {
    await postgres.start();
    pooler = await startPgbouncer(Number(new URL(postgres.url).port));
    for (const _ of [1, 2])
      servers.push(await startHttpServer({ configuration, env: { MCP_DATABASE_URL: pooler.url } }));
  });
  afterAll(async () => {
    for (const server of servers) await server.stop();
    await pooler?.[Symbol.asyncDispose]();
    await postgres[Symbol.asyncDispose]();
  });

  const ask = (index: number, path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${servers[index]!.url}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', prefer: 'respond-async' },
    });
  const start = async (index: number, tool: string, values: object): Promise<string> => {
    const body = JSON.stringify({ arguments: values });
    return ((await (await ask(index, `/tools/${tool}/execute`, { method: 'POST', body })).json()) as Execution)
      .executionId;
  };
  const execution = async (index: number, id: string): Promise<Execution> =>
    (await (await ask(index, `/executions/${id}`)).json()) as Execution;

  test('say once each that they hear nothing of each other', async () => {
    const said = (): number[] =>
      servers.map((server) => server.output().stderr.split('"msg":"job.notifications_missing"').length - 1);
    await expect.poll(said, { timeout: 60_000 }).toEqual([1, 1]);
  });

  test('start each job once, and any of them has its output', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, (_, index) => start(index % 2, 'count', { last: 20_000 })),
    );
    const printed = createHash('sha256');
    for (let number = 1; number <= 20_000; number += 1) printed.update(`${number}\n`);
    const checksum = printed.digest('hex');
    for (const [index, id] of ids.entries()) {
      await expect.poll(async () => (await execution(index % 2, id)).state, { timeout: 60_000 }).toBe('completed');
      expect((await execution(1 - (index % 2), id)).starts).toBe(1);
      const output = await (await ask(1 - (index % 2), `/executions/${id}/output`)).bytes();
      expect(createHash('sha256').update(output).digest('hex')).toBe(checksum);
    }
  });

  test('cancel what the other one runs, and see its end while they wait for it', async () => {
    const ids = [await start(0, 'hold', { seconds: 70_011 }), await start(1, 'hold', { seconds: 70_012 })];
    for (const id of ids)
      await expect.poll(async () => (await execution(0, id)).state, { timeout: 60_000 }).toBe('running');
    const following = ids.map((id) =>
      ask(1, `/executions/${id}/output?follow=true`).then((response) => response.text()),
    );
    for (const id of ids) expect((await ask(0, `/executions/${id}`, { method: 'DELETE' })).status).toBe(202);
    for (const text of await Promise.all(following)) expect(text).toContain('event: end\ndata: {"state":"cancelled"}');
  });
});
