/** Jobs pass the same checks as calls: a client that prefers an asynchronous response skips none of them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

import { defineTool, fromJsonSchema, type ConfirmMode, type JobSpec, type ToolAnnotations } from '@mcp/tool-base';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { Principal } from '../../../../access/principal.ts';
import { CallLimit } from '../../../../calls/call-limit.ts';
import { JobCalls } from '../../../../calls/job-calls.ts';
import { ToolSearch } from '../../../../calls/tool-search/tool-search.ts';
import { RETENTION_MS, settled, TestJobs } from '../../../../jobs/test-support/test-jobs.ts';
import { MemoryRateLimiter } from '../../../../rate-limit/memory-rate-limiter.ts';
import { testDependencies, type TestDependencies } from '../../../mcp/test-support/test-dependencies.ts';
import type { HttpEnv } from '../../routing/request-context.ts';
import { callRoutes, type CallRoutesDependencies } from './call-routes.ts';

const ASYNC = { prefer: 'respond-async' };
const everyTool: Principal = { name: 'ann', scopes: ['tools:call'] };

let runs: number;
let dependencies: TestDependencies;
let started: TestJobs;
let folder: string;
let jobs: JobCalls;
beforeEach(() => {
  runs = 0;
  folder = mkdtempSync(join(tmpdir(), 'jobs-'));
  dependencies = testDependencies(
    [
      tool('erase', { confirm: 'always' }),
      tool('erase_required', { confirm: 'always', job: { mode: 'required' } }),
      tool('erase_destructive', { confirm: 'whenDestructive' }),
      tool('look', { confirm: 'whenDestructive', annotations: { readOnlyHint: true } }),
      tool('scan', { job: { mode: 'auto', timeoutMs: 60_000 } }),
      tool('backup', { job: { mode: 'required' } }),
    ],
    new CallLimit(1000),
    {
      search: new ToolSearch({ mode: 'always' }),
      rateLimiter: new MemoryRateLimiter({ requests: 3, windowMs: 60_000 }),
    },
  );
  started = new TestJobs({ folder });
  jobs = new JobCalls(dependencies.gateway, () => Promise.resolve(started.jobs));
});
afterEach(async () => {
  await started[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

interface Differences {
  readonly confirm?: ConfirmMode;
  readonly annotations?: ToolAnnotations;
  readonly job?: JobSpec;
}

function tool(name: string, { job = { mode: 'auto' }, ...more }: Differences): ReturnType<typeof defineTool> {
  const input = fromJsonSchema({ type: 'object', properties: { path: { type: 'string' } } });
  return defineTool({ name, description: 'Works', input, job, run: () => `ran ${++runs}`, ...more });
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function execute(
  name: string,
  values: unknown,
  headers: Readonly<Record<string, string>> = {},
  principal: Principal = everyTool,
  timeoutMs?: number,
): Promise<Answer> {
  const app = new Hono<HttpEnv>();
  app.use((context, next) => {
    context.set('principal', principal);
    return next();
  });
  const routes = callRoutes({ gateway: dependencies.gateway, jobs } as CallRoutesDependencies);
  for (const { method, path, handle } of routes) app.on(method, path, handle);
  const body = Buffer.from(JSON.stringify({ arguments: values, timeoutMs, correlationId: 'one' }));
  const incoming = Object.assign(Readable.from([body]), { headers: {}, socket: { remoteAddress: '127.0.0.1' } });
  const response = await app.request(`/tools/${name}/execute`, { method: 'POST', headers }, { incoming });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}

async function lastEntry(): Promise<object> {
  const { entries } = await dependencies.audit.query({ limit: 1 });
  const { id: _, at: __, ...entry } = entries[0]!;
  return entry;
}

function nothingStarted(): void {
  expect(runs).toBe(0);
  expect(started.runs).toHaveLength(0);
  expect(started.states).toEqual([]);
}

describe('a tool whose calls a person must agree to', () => {
  test.each(['erase', 'erase_destructive'])('is refused as a job as it is within a request: %s', async (name) => {
    const plain = await execute(name, { path: '/' });
    const plainEntry = await lastEntry();
    expect(plain).toMatchObject({ status: 403, body: { type: expect.stringContaining('forbidden') } });
    expect(await execute(name, { path: '/' }, ASYNC)).toEqual(plain);
    expect(await lastEntry()).toEqual(plainEntry);
    expect(await execute(name, { path: '/' }, { 'idempotency-key': 'k' })).toEqual(plain);
    nothingStarted();
  });

  test('is refused where it runs only as a job, and where call_tool names it', async () => {
    expect((await execute('erase_required', {})).status).toBe(403);
    for (const headers of [{}, ASYNC]) {
      const answer = await execute('call_tool', { name: 'erase', arguments: {} }, headers, {
        ...everyTool,
        name: 'bob',
      });
      expect(answer).toMatchObject({ status: 403, body: { detail: expect.stringContaining('A person must agree') } });
    }
    nothingStarted();
  });

  test('is a job where its annotations say that it destroys nothing', async () => {
    expect((await execute('look', {}, ASYNC)).status).toBe(202);
  });

  test('does not run where the operator asked for that after the job was made', async () => {
    expect(await execute('scan', {}, ASYNC)).toMatchObject({ status: 202 });
    await settled();
    const { job, allowance, abortController } = started.runs[0]!.execution;
    const result = await dependencies.gateway.runJob({
      name: 'erase',
      arguments: job.arguments,
      principal: { name: 'ann', scopes: [] },
      correlationId: job.id,
      allowance,
      abortController,
    });
    expect(result.error?.type).toBe('forbidden');
    expect(runs).toBe(0);
  });
});

describe('call_tool', () => {
  test('starts a job of the tool that it names', async () => {
    const answer = await execute('call_tool', { name: 'scan', arguments: { path: '/a' } }, ASYNC);
    expect(answer).toMatchObject({ status: 202, body: { tool: 'scan' } });
    await settled();
    expect(started.runs[0]?.execution.job).toMatchObject({ tool: 'scan', arguments: { path: '/a' }, caller: 'ann' });
  });

  test('runs a tool that runs only as a job as one', async () => {
    expect(await execute('call_tool', { name: 'backup' })).toMatchObject({ status: 202, body: { tool: 'backup' } });
    expect(runs).toBe(0);
  });

  test('needs the scope of the tool that it names, and arguments that the tool takes', async () => {
    const other = { name: 'bob', scopes: ['tools:call:look'] };
    const foreign = await execute('call_tool', { name: 'scan', arguments: {} }, ASYNC, other);
    expect(foreign.status).toBe(403);
    for (const values of [{ path: 1 }, { other: 1 }, 'text', [1]]) {
      const wrong = await execute('call_tool', { name: 'scan', arguments: values }, ASYNC, {
        ...everyTool,
        name: JSON.stringify(values),
      });
      expect(wrong.status).toBe(400);
    }
    nothingStarted();
  });
});

test('the rate limit counts jobs as it counts calls', async () => {
  const statuses = [];
  for (const headers of [ASYNC, {}, ASYNC, ASYNC, {}]) statuses.push((await execute('scan', {}, headers)).status);
  expect(statuses).toEqual([202, 200, 202, 429, 429]);
});

test('a job has the time that its request gives it, and never more than its tool has', async () => {
  for (const timeoutMs of [5000, undefined, 3_600_000]) await execute('scan', {}, ASYNC, everyTool, timeoutMs);
  for (const run of started.runs.slice()) run.end();
  await settled();
  expect(started.runs.map(({ execution }) => execution.job.timeoutMs)).toEqual([5000, 60_000, 60_000]);
});

test('a tool that runs only as a job is not called within a request of another protocol', async () => {
  const call = { name: 'backup', arguments: {}, principal: everyTool };
  expect((await dependencies.gateway.call(call)).error).toMatchObject({
    type: 'forbidden',
    suggestion: expect.stringContaining('POST /tools/backup/execute'),
  });
  const named = { ...call, name: 'call_tool', arguments: { name: 'backup' } };
  expect((await dependencies.gateway.call(named)).error?.type).toBe('forbidden');
  expect(runs).toBe(0);
});

describe('an idempotency key', () => {
  const keyed = async (key: string, values: object = {}, principal = everyTool): Promise<Answer> =>
    await execute('scan', values, { ...ASYNC, 'idempotency-key': key }, principal);

  test('is of its caller: the same of another makes a job of its own, and tells nothing of the first', async () => {
    const bob = { ...everyTool, name: 'bob' };
    const first = await keyed('k', { path: '/a' });
    const foreign = await keyed('k', { path: '/b' }, bob);
    expect([first.status, foreign.status]).toEqual([202, 202]);
    expect(foreign.body['executionId']).not.toBe(first.body['executionId']);
    expect((await keyed('k', { path: '/b' }, bob)).body['executionId']).toBe(foreign.body['executionId']);
    const mismatch = await keyed('k', { path: '/c' }, bob);
    expect(mismatch.status).toBe(422);
    expect(JSON.stringify(mismatch)).not.toContain(String(first.body['executionId']));
  });

  test('makes a new job once its first one is no longer kept', async () => {
    const first = await keyed('k');
    await settled();
    started.runs[0]?.end();
    await settled();
    expect((await keyed('k')).body['executionId']).toBe(first.body['executionId']);
    started.clock.advance(2 * RETENTION_MS);
    await settled();
    const again = await keyed('k');
    expect(again.status).toBe(202);
    expect(again.body['executionId']).not.toBe(first.body['executionId']);
  });

  test.each(['', 'two words', 'k'.repeat(129), 'caf\u00e9', 'tab\tin it'])(
    'is refused where it is none: %j',
    async (key) => {
      const answer = await keyed(key);
      expect(answer).toMatchObject({
        status: 400,
        body: { detail: expect.stringContaining('1 to 128 visible ASCII') },
      });
      nothingStarted();
    },
  );

  test.each(['k'.repeat(128), `"';--`, '../../x', '%00', '\\', '__proto__'])(
    'may have any visible character: %j',
    async (key) => {
      const first = await keyed(key);
      expect(first.status).toBe(202);
      expect((await keyed(key)).body['executionId']).toBe(first.body['executionId']);
      expect((await keyed(`${key.slice(0, -1)}~`)).body['executionId']).not.toBe(first.body['executionId']);
    },
  );
});
