import { describe, expect, test, vi } from 'vitest';
import type { CheckOutcome } from '../check-definition.ts';
import { createCheck, createMonitor, scriptedCheck } from '../test-support/monitor-fixture.ts';

describe('draining and disposal', () => {
  test('drain makes readiness and the overall status fail, with the first reason, but not liveness and startup', async () => {
    const { clock, monitor } = createMonitor({ checks: [createCheck('a', { groups: ['live', 'ready', 'startup'] })] });
    await monitor.refresh();
    monitor.drain('SIGTERM');
    monitor.drain('again');
    expect(monitor.report('ready')).toMatchObject({
      status: 'unhealthy',
      draining: { reason: 'SIGTERM', since: clock.epochMs() },
    });
    expect(monitor.report().status).toBe('unhealthy');
    expect(monitor.report('live').status).toBe('healthy');
    expect(monitor.report('startup').status).toBe('healthy');
    await monitor.refresh();
    expect(monitor.report('ready').status).toBe('unhealthy');
  });

  test('after disposal no check runs or can be added, and disposing again does nothing', async () => {
    const { definition, script } = scriptedCheck('a', { periodMs: 100, timeoutMs: 10 });
    const { clock, monitor } = createMonitor({ checks: [definition] });
    monitor.start();
    await clock.advanceAsync(0);
    await monitor[Symbol.asyncDispose]();
    await monitor[Symbol.asyncDispose]();
    monitor.start();
    await monitor.refresh();
    await clock.advanceAsync(1000);
    expect(script.runs).toBe(1);
    expect(clock.pendingTimers).toBe(0);
    expect(() => monitor.add(createCheck('b'))).toThrow(/disposed/);
  });

  test('disposal aborts a run in progress and ignores its result', async () => {
    let aborted = false;
    const waiting = createCheck('a', {
      run: ({ signal }) =>
        new Promise<CheckOutcome>((resolve) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            resolve({ status: 'healthy' });
          });
        }),
    });
    const { clock, monitor } = createMonitor({ checks: [waiting] });
    monitor.start();
    await clock.advanceAsync(0);
    await monitor[Symbol.asyncDispose]();
    expect(aborted).toBe(true);
    expect(monitor.history('a')).toEqual([]);
  });

  test.each([0, 1, 2, 3, 4, 5])(
    'the result of a check that is removed %i microtasks later is ignored',
    async (microtasks) => {
      const result = Promise.withResolvers<CheckOutcome>();
      const { clock, monitor } = createMonitor({ checks: [createCheck('a', { run: () => result.promise })] });
      monitor.start();
      await clock.advanceAsync(0);
      result.resolve({ status: 'degraded' });
      for (let passed = 0; passed < microtasks; passed += 1) await Promise.resolve();
      monitor.remove('a');
      const received = vi.fn<() => void>();
      monitor.on('changed', received);
      await clock.advanceAsync(0);
      expect(received).not.toHaveBeenCalled();
    },
  );

  test('disposal waits two seconds for a check that ignores its signal', async () => {
    const { clock, monitor } = createMonitor({
      checks: [createCheck('a', { run: () => new Promise<CheckOutcome>(() => undefined) })],
    });
    monitor.start();
    await clock.advanceAsync(0);
    const disposed = vi.fn<() => void>();
    void monitor[Symbol.asyncDispose]().then(disposed);
    await clock.advanceAsync(1999);
    expect(disposed).not.toHaveBeenCalled();
    await clock.advanceAsync(1);
    expect(disposed).toHaveBeenCalledTimes(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test('disposal disposes the checks, even if one throws', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    const release = vi.fn<() => void>(() => {
      throw new Error('cannot');
    });
    const { monitor } = createMonitor({ checks: [createCheck('a', { [Symbol.dispose]: release })] });
    await monitor[Symbol.asyncDispose]();
    expect(release).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
