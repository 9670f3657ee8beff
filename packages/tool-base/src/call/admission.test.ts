import { beforeEach, describe, expect, test, vi } from 'vitest';
import { TargetPolicy, Tool } from '../index.ts';
import type { RecordedOutcome, CallRequest, ToolOptions, ToolResult } from '../index.ts';
import { ManualClock } from '../test-support/manual-clock.ts';
import { after, call, makeTool as makeProbe, never, type Run } from '../test-support/probe-tool.ts';

const lab = new TargetPolicy({ allowed: ['.lab.internal'] });

/** Fails a tool often enough to open its breaker. */
async function openBreaker(tool: Tool, times = 5): Promise<void> {
  for (let time = 0; time < times; time += 1) await call(tool, { arguments: { fail: true } });
  expect(tool.breaker?.state).toBe('open');
}

let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock();
});

const makeTool: typeof makeProbe = (run, spec, options) => makeProbe(run, spec, { clock, ...options });

describe('the breaker and the queue', () => {
  const failing: Run = ({ fail, wait }) =>
    fail === true ? Promise.reject(new Error('x')) : wait === true ? after(clock, 1000) : 'ok';

  test('an open breaker refuses with a retry time and does not run the tool', async () => {
    const run = vi.fn<Run>(failing);
    const tool = makeTool(run);
    await openBreaker(tool);
    const { error } = await call(tool);
    expect(error?.type).toBe('circuit_breaker_open');
    expect(error?.retryAfterMs).toBeGreaterThan(50_000);
    expect(error?.suggestion).toMatch(/before \d+ s/);
    expect(run).toHaveBeenCalledTimes(5);
  });

  test('the breaker counts failures by error type, with the message for callers', async () => {
    const tool = makeTool(failing);
    await openBreaker(tool);
    const { failureReasons, recentErrors } = tool.breaker?.stats() ?? {};
    expect(failureReasons).toEqual({ execution_error: 5 });
    const message = 'The tool failed with an unexpected error.';
    expect(recentErrors?.[0]).toMatchObject({ name: 'execution_error', message });
  });

  test('the tool recovers by a probe after the open period', async () => {
    const tool = makeTool(failing);
    await openBreaker(tool);
    await clock.advanceAsync(70_000);
    expect(await call(tool)).toMatchObject({ ok: true });
    expect(tool.breaker?.state).toBe('closed');
  });

  test('with scope target one dead target does not cut off another', async () => {
    const tool = makeTool(failing, { circuitBreaker: { scope: 'target', failureThreshold: 2, maxTargets: 2 } });
    const pointed = new Tool(
      { ...tool.definition, targets: [{ parameter: 'host', kind: 'host', resolve: 'off' }] },
      { policy: lab },
    );
    const at = (host: string, fail: boolean): Promise<ToolResult> => call(pointed, { arguments: { host, fail } });
    await at('a.lab.internal', true);
    await at('A.lab.internal', true);
    expect((await at('a.lab.internal', false)).error?.type).toBe('circuit_breaker_open');
    expect(await at('b.lab.internal', false)).toMatchObject({ ok: true });
    for (const host of ['c', 'd', 'e', 'f']) await at(`${host}.lab.internal`, false);
    const names = [...pointed.breakers].map((breaker) => breaker.name);
    expect(names.length).toBeLessThanOrEqual(3);
    expect(names).toContain('probe@a.lab.internal');
  });

  test('a call that finds no slot waits its turn, and the wait is not run time', async () => {
    const tool = makeTool(failing, { limits: { concurrency: 1 } });
    const first = call(tool, { arguments: { wait: true } });
    const second = call(tool, { arguments: { wait: true } });
    await clock.advanceAsync(2000);
    expect((await first).meta).toMatchObject({ queueMs: 0, durationMs: 1000 });
    expect((await second).meta).toMatchObject({ queueMs: 1000, durationMs: 1000 });
  });

  test('a call behind a full queue is rejected after a second, with a retry time', async () => {
    const tool = makeTool(never, { limits: { concurrency: 1, queue: { size: 1 } } });
    void call(tool);
    void call(tool);
    const behind = call(tool);
    await clock.advanceAsync(999);
    expect(tool.queued).toBe(2);
    await clock.advanceAsync(1);
    expect((await behind).error).toMatchObject({ type: 'resource_exhausted', retryAfterMs: expect.any(Number) });
    expect((await behind).error?.message).toContain('queue is full');
  });

  test('a call beyond that is rejected at once', async () => {
    const tool = makeTool(never, { limits: { concurrency: 1, queue: { size: 1 } } });
    for (let calls = 0; calls < 3; calls += 1) void call(tool);
    expect((await call(tool)).error).toMatchObject({ type: 'resource_exhausted', retryAfterMs: expect.any(Number) });
  });

  test('a short burst beyond the queue is served when slots become free within a second', async () => {
    const tool = makeTool(() => 'done', { limits: { concurrency: 1, queue: { size: 1 } } });
    const results = await Promise.all([call(tool), call(tool), call(tool)]);
    expect(results.map(({ ok }) => ok)).toEqual([true, true, true]);
  });

  test('a call queued too long is resource_exhausted', async () => {
    const tool = makeTool(never, { limits: { concurrency: 1, queue: { timeoutMs: 50 } } });
    void call(tool);
    const second = call(tool);
    await clock.advanceAsync(50);
    expect(await second).toMatchObject({ error: { type: 'resource_exhausted' }, meta: { queueMs: 50, durationMs: 0 } });
    expect(tool.queued).toBe(0);
  });

  test('a queued call whose caller cancels leaves the queue', async () => {
    const tool = makeTool(never, { limits: { concurrency: 1 } });
    const caller = new AbortController();
    void call(tool);
    const second = call(tool, { signal: caller.signal });
    expect(tool.queued).toBe(1);
    caller.abort();
    expect((await second).error?.type).toBe('cancelled');
    expect(tool.queued).toBe(0);
  });

  test('queued calls are rejected at once when the breaker opens', async () => {
    const run = vi.fn<Run>(() => new Promise((_, reject) => clock.setTimer(100, () => reject(new Error('x')))));
    const tool = makeTool(run, { limits: { concurrency: 1 }, circuitBreaker: { failureThreshold: 1 } });
    const calls = [call(tool), call(tool), call(tool)];
    await clock.advanceAsync(100);
    const types = (await Promise.all(calls)).map((result) => result.error?.type);
    expect(types).toEqual(['execution_error', 'circuit_breaker_open', 'circuit_breaker_open']);
    expect(run).toHaveBeenCalledTimes(1);
    expect([tool.running, tool.queued, clock.pendingTimers]).toEqual([0, 0, 0]);
  });

  test('an open breaker is reported before a full queue', async () => {
    const tool = makeTool(failing, { limits: { concurrency: 1, queue: { size: 0 } } });
    void call(tool, { arguments: { wait: true } });
    await clock.advanceAsync(0);
    tool.breaker?.trip();
    expect((await call(tool)).error?.type).toBe('circuit_breaker_open');
    await clock.advanceAsync(1000);
  });

  test('two tools of one definition share nothing', async () => {
    const one = makeTool(failing);
    const two = new Tool(one.definition);
    await openBreaker(one);
    expect(await call(two)).toMatchObject({ ok: true });
  });
});

describe('what is recorded', () => {
  function recording(): { outcomes: RecordedOutcome[]; starts: string[]; options: ToolOptions } {
    const outcomes: RecordedOutcome[] = [];
    const starts: string[] = [];
    const recorder = {
      start(tool: string) {
        starts.push(tool);
        return { end: (outcome: RecordedOutcome) => void outcomes.push(outcome) };
      },
    };
    return { outcomes, starts, options: { recorder } };
  }

  test.each<[string, Run, Partial<CallRequest>, Partial<RecordedOutcome>]>([
    ['success', () => 'abc', {}, { status: 'success', outputBytes: 3 }],
    ['failure', () => Promise.reject(new Error('x')), {}, { status: 'failure', errorType: 'execution_error' }],
    [
      'a refused input',
      () => 'x',
      { arguments: 1 },
      { status: 'rejected', errorType: 'validation_error', durationMs: 0 },
    ],
    ['cancellation', () => 'x', { signal: AbortSignal.abort() }, { status: 'cancelled', errorType: 'cancelled' }],
  ])('%s is recorded once', async (_, run, request, outcome) => {
    const { outcomes, starts, options } = recording();
    const { meta } = await call(makeTool(run, {}, options), request);
    expect(starts).toEqual(['probe']);
    expect(outcomes).toEqual([expect.objectContaining({ ...outcome, traceId: meta.correlationId })]);
  });

  test('a timeout is recorded as one, and its late end not at all', async () => {
    const { outcomes, options } = recording();
    const result = call(makeTool(() => after(clock, 200), { limits: { timeoutMs: 100 } }, options));
    await clock.advanceAsync(1000);
    await result;
    expect(outcomes).toEqual([expect.objectContaining({ status: 'timeout', durationMs: 100 })]);
  });

  test('a queued call counts as running only from when it runs', async () => {
    const { starts, options } = recording();
    const tool = makeTool(() => after(clock, 100), { limits: { concurrency: 1 } }, options);
    const calls = [call(tool), call(tool)];
    await clock.advanceAsync(50);
    expect(starts).toHaveLength(1);
    await clock.advanceAsync(150);
    await Promise.all(calls);
    expect(starts).toHaveLength(2);
  });

  test('a recorder that throws does not change the response', async () => {
    const recorder = {
      start: () => ({
        end() {
          throw new Error('full');
        },
      }),
    };
    expect(await call(makeTool(() => 'x', {}, { recorder }))).toMatchObject({ ok: true });
  });

  test('a recorder that cannot start a record does not keep the tool from running', async () => {
    const operatorLog = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    const start = vi.fn(() => {
      throw new Error('full');
    });
    const run = vi.fn<Run>(() => 'x');
    const result = await call(makeTool(run, {}, { recorder: { start } }), { operatorLog });
    expect(result).toMatchObject({ ok: true });
    expect([run.mock.calls.length, start.mock.calls.length]).toEqual([1, 1]);
    expect(operatorLog.error).toHaveBeenCalledWith('call was not recorded', expect.anything());
  });
});

describe('progress', () => {
  test('a listener that throws does not end the run', async () => {
    const tool = makeTool((_, context) => {
      context.reportProgress({ progress: 1 });
      return 'x';
    });
    const onProgress = (): void => {
      throw new Error('gone');
    };
    expect(await call(tool, { onProgress })).toMatchObject({ ok: true });
  });

  test('control characters are removed from the message of a report', async () => {
    const heard = vi.fn();
    const tool = makeTool((_, { reportProgress }) => reportProgress({ progress: 1, message: '\u001b[31mred\u202e' }));
    await call(tool, { onProgress: heard });
    expect(heard.mock.calls).toEqual([[{ progress: 1, message: 'red' }]]);
  });

  test('of a report only numbers and a text are passed on: the error that a tool reports is for nobody', async () => {
    const heard = vi.fn();
    const error = Object.assign(new Error('s3cret'), { path: 's3cret' });
    const reports = [
      { progress: 1, total: error, message: error, path: 's3cret' },
      { progress: error },
      { progress: Number.NaN },
      error,
    ];
    const tool = makeTool((_, { reportProgress }) => reports.forEach((report) => reportProgress(report as never)));
    await call(tool, { onProgress: heard });
    expect(heard.mock.calls).toEqual([[{ progress: 1 }]]);
  });

  test('reports reach the caller while the call runs, not after it', async () => {
    const heard = vi.fn();
    let late: (() => void) | undefined;
    const tool = makeTool(async (_, context) => {
      late = (): void => context.reportProgress({ progress: 2 });
      context.reportProgress({ progress: 1, total: 2, message: 'half' });
      return 'x';
    });
    await call(tool, { onProgress: heard });
    late?.();
    expect(heard.mock.calls).toEqual([[{ progress: 1, total: 2, message: 'half' }]]);
  });
});
