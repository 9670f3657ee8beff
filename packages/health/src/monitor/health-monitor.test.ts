import { describe, expect, test } from 'vitest';
import type { CheckDefinition, CheckOutcome } from '../check-definition.ts';
import { createCheck, createMonitor, scriptedCheck } from '../test-support/monitor-fixture.ts';

describe('scheduling', () => {
  test('runs a check at start, then one period after the end of each run', async () => {
    const { script, definition } = scriptedCheck('a', { periodMs: 1000, timeoutMs: 100 });
    const { clock, monitor } = createMonitor({ checks: [definition] });
    await clock.advanceAsync(5000);
    expect(script.runs).toBe(0);
    monitor.start();
    await clock.advanceAsync(0);
    expect(script.runs).toBe(1);
    await clock.advanceAsync(999);
    expect(script.runs).toBe(1);
    await clock.advanceAsync(1);
    expect(script.runs).toBe(2);
  });

  test('counts the period from the end of a run, not from its start', async () => {
    let runs = 0;
    const slow = createCheck('slow', {
      periodMs: 1000,
      timeoutMs: 900,
      run: () => {
        runs += 1;
        return new Promise<CheckOutcome>((resolve) => void clock.setTimer(600, () => resolve({ status: 'healthy' })));
      },
    });
    const { clock, monitor } = createMonitor({ checks: [slow] });
    monitor.start();
    await clock.advanceAsync(1599);
    expect(runs).toBe(1);
    await clock.advanceAsync(1);
    expect(runs).toBe(2);
  });

  test('waits for the initial delay before the first run', async () => {
    const { script, definition } = scriptedCheck('late', { initialDelayMs: 700 });
    const { clock, monitor } = createMonitor({ checks: [definition] });
    monitor.start();
    await clock.advanceAsync(699);
    expect(script.runs).toBe(0);
    await clock.advanceAsync(1);
    expect(script.runs).toBe(1);
  });

  test.each([
    { draw: 0, factor: 0.9 },
    { draw: 0.999_999, factor: 1.1 },
  ])('applies ten percent of jitter to delay and period (draw $draw)', async ({ draw, factor }) => {
    const { script, definition } = scriptedCheck('a', { periodMs: 1000, timeoutMs: 10, initialDelayMs: 1000 });
    const { clock, monitor } = createMonitor({ checks: [definition], random: () => draw });
    monitor.start();
    await clock.advanceAsync(1000 * factor - 1);
    expect(script.runs).toBe(0);
    await clock.advanceAsync(1);
    expect(script.runs).toBe(1);
    await clock.advanceAsync(1000 * factor - 1);
    expect(script.runs).toBe(1);
    await clock.advanceAsync(2);
    expect(script.runs).toBe(2);
  });

  test('starts critical checks first, then important, then informational', async () => {
    const order: string[] = [];
    const named = (name: string, priority: CheckDefinition['priority']): CheckDefinition =>
      createCheck(name, {
        priority,
        run: () => {
          order.push(name);
          return { status: 'healthy' };
        },
      });
    const checks = [
      named('i', 'informational'),
      named('c1', 'critical'),
      named('m', 'important'),
      named('c2', 'critical'),
    ];
    const { clock, monitor } = createMonitor({ checks, maxConcurrentRuns: 1 });
    monitor.start();
    await clock.advanceAsync(0);
    expect(order).toEqual(['c1', 'c2', 'm', 'i']);
    expect(monitor.report().checks.map(({ name }) => name)).toEqual(['c1', 'c2', 'm', 'i']);
  });

  test('runs at most maxConcurrentRuns checks at once, and all of them in the end', async () => {
    let running = 0;
    let maxRunning = 0;
    const checks = Array.from({ length: 10 }, (_unused, index) =>
      createCheck(`check ${index}`, {
        run: async () => {
          running += 1;
          maxRunning = Math.max(maxRunning, running);
          await new Promise<void>((resolve) => void clock.setTimer(10, resolve));
          running -= 1;
          return { status: 'healthy' };
        },
      }),
    );
    const { clock, monitor } = createMonitor({ checks, maxConcurrentRuns: 3 });
    monitor.start();
    await clock.advanceAsync(100);
    expect(maxRunning).toBe(3);
    expect(monitor.report().counts.healthy).toBe(10);
  });

  test('refresh with a name runs that check only', async () => {
    const [a, b] = [scriptedCheck('a'), scriptedCheck('b')];
    const { monitor } = createMonitor({ checks: [a.definition, b.definition] });
    const report = await monitor.refresh('a');
    expect([a.script.runs, b.script.runs]).toEqual([1, 0]);
    expect(report.counts).toMatchObject({ healthy: 1, unknown: 1 });
    await monitor.refresh('missing');
    expect([a.script.runs, b.script.runs]).toEqual([1, 0]);
  });

  test('schedules a check added after start, and stops a removed one', async () => {
    const { script, definition } = scriptedCheck('a', { periodMs: 100, timeoutMs: 10 });
    const { clock, monitor } = createMonitor();
    monitor.start();
    const added = monitor.add(definition);
    await clock.advanceAsync(0);
    expect(script.runs).toBe(1);
    added[Symbol.dispose]();
    await clock.advanceAsync(1000);
    expect(script.runs).toBe(1);
    expect(monitor.report().checks).toEqual([]);
    expect(monitor.remove('a')).toBe(false);
  });
});

describe('validation', () => {
  test('rejects a second check of the same name', () => {
    const { monitor } = createMonitor({ checks: [createCheck('db')] });
    expect(() => monitor.add(createCheck('db'))).toThrow(/'db' exists already; remove it first/);
  });

  test('rejects a dependency in the group live', () => {
    expect(() => createMonitor({ checks: [createCheck('db', { dependency: true, groups: ['live'] })] })).toThrow(
      /'db'.*without live/,
    );
  });

  test.each([
    [{ name: '' }, /1 to 100 printable/],
    [{ timeoutMs: 0 }, /timeoutMs must be from 1 to 3600000, got 0/],
    [{ periodMs: Number.NaN }, /periodMs must be from 10 to 86400000, got NaN/],
    [{ initialDelayMs: -1 }, /initialDelayMs must be from 0/],
    [{ failureThreshold: 1.5 }, /failureThreshold must be a whole number from 1 to 100, got 1.5/],
    [{ successThreshold: 0 }, /successThreshold must be a whole number/],
    [{ priority: 'urgent' as never }, /priority must be one of critical, important, informational, got urgent/],
    [{ groups: ['alive' as never] }, /groups must be some of live, ready, startup, got alive/],
  ])('rejects %o and says what is allowed', (wrong, message) => {
    expect(() => createMonitor({ checks: [createCheck('a', wrong)] })).toThrow(message);
  });

  test('rejects a history size or concurrency that is not a positive whole number', () => {
    expect(() => createMonitor({ historySize: 0 })).toThrow(
      /historySize must be a whole number from 1 to 10000, got 0/,
    );
    expect(() => createMonitor({ maxConcurrentRuns: 2.5 })).toThrow(/maxConcurrentRuns/);
  });
});
