import { describe, expect, test } from 'vitest';
import { BreakerMetrics, type ObservableBreaker } from './breaker-metrics.ts';
import { parseExposition, sumOf } from '../test-support/parse-exposition.ts';
import { ToolMetrics } from '../tools/tool-metrics.ts';

type Transition = Parameters<Parameters<ObservableBreaker['on']>[1]>[0];

/** A breaker whose state the test sets. */
class FakeBreaker implements ObservableBreaker {
  readonly name: string;
  state: ObservableBreaker['state'] = 'closed';
  totals = { success: 0, failure: 0, rejected: 0, ignored: 0 };
  readonly listeners = new Set<(transition: Transition) => void>();

  constructor(name: string) {
    this.name = name;
  }

  stats() {
    return { totals: this.totals };
  }

  on(_event: 'transition', listener: (transition: Transition) => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => void this.listeners.delete(listener) };
  }

  go(to: ObservableBreaker['state']): void {
    const from = this.state;
    this.state = to;
    for (const listener of this.listeners) listener({ from, to });
  }
}

function watching(options: { maxBreakers?: number } = {}) {
  const metrics = new ToolMetrics({ cacheMs: 0 });
  const breakers = new BreakerMetrics({ registry: metrics.registry, ...options });
  const read = async (name: string, labels: Record<string, string> = {}) =>
    sumOf(parseExposition((await metrics.exposition()).body), `circuit_breaker_${name}`, labels);
  return { metrics, breakers, read };
}

describe('BreakerMetrics', () => {
  test('the state is 0 closed, 1 open, 2 half-open, read at scrape time', async () => {
    const { breakers, read } = watching();
    const breaker = new FakeBreaker('ping');
    breakers.watch(breaker);
    expect(await read('state', { name: 'ping' })).toBe(0);
    breaker.go('open');
    expect(await read('state')).toBe(1);
    breaker.go('half_open');
    expect(await read('state')).toBe(2);
  });

  test('transitions are counted as events, calls are read at scrape time', async () => {
    const { breakers, read } = watching();
    const breaker = new FakeBreaker('ping');
    breakers.watch(breaker);
    for (const state of ['open', 'half_open', 'open', 'half_open', 'closed'] as const) breaker.go(state);
    breaker.totals = { success: 5, failure: 4, rejected: 3, ignored: 2 };
    expect(await read('transitions_total', { from_state: 'open', to_state: 'half_open' })).toBe(2);
    expect(await read('transitions_total', { from_state: 'half_open', to_state: 'closed' })).toBe(1);
    expect(await read('transitions_total')).toBe(5);
    expect(await read('calls_total', { name: 'ping', result: 'rejected' })).toBe(3);
    expect(await read('calls_total')).toBe(14);
  });

  test('breakers of one name are merged: calls add up and never decrease, and the worst state counts', async () => {
    const { breakers, read } = watching();
    const [old, fresh] = [new FakeBreaker('ping'), new FakeBreaker('ping')];
    const watchOld = breakers.watch(old);
    breakers.watch(fresh);
    old.totals = { success: 10, failure: 0, rejected: 0, ignored: 0 };
    fresh.totals = { success: 1, failure: 0, rejected: 0, ignored: 0 };
    old.state = 'half_open';
    expect(await read('state')).toBe(2);
    fresh.state = 'open';
    expect(await read('state')).toBe(1);
    watchOld[Symbol.dispose]();
    watchOld[Symbol.dispose]();
    expect(await read('calls_total', { result: 'success' })).toBe(11);
  });

  test('drops the series and the subscription with the last breaker of a name', async () => {
    const { breakers, metrics } = watching();
    const breaker = new FakeBreaker('ping');
    breakers.watch(breaker)[Symbol.dispose]();
    expect(breaker.listeners.size).toBe(0);
    expect((await metrics.exposition()).body).not.toContain('circuit_breaker_state{');
  });

  test('a breaker that is added twice is counted once', async () => {
    const { breakers, read } = watching();
    const breaker = new FakeBreaker('ping');
    breakers.watch(breaker);
    breakers.watch(breaker)[Symbol.dispose]();
    breaker.go('open');
    expect(await read('transitions_total')).toBe(1);
  });

  test('invalid names and names over the limit are rejected and counted', async () => {
    const { metrics, breakers, read } = watching({ maxBreakers: 1 });
    breakers.watch(new FakeBreaker('bad\nname'))[Symbol.dispose]();
    breakers.watch(new FakeBreaker('first'));
    breakers.watch(new FakeBreaker('second'));
    expect(await read('calls_total', { name: 'second' })).toBe(0);
    const series = parseExposition((await metrics.exposition()).body);
    expect(sumOf(series, 'mcp_metrics_rejected_total', { field: 'breaker' })).toBe(2);
    expect(new Set(series.flatMap(({ labels }) => labels.name ?? []))).toEqual(new Set(['first']));
  });

  test('a breaker that throws or returns invalid numbers affects nothing else', async () => {
    const { breakers, read } = watching();
    const broken = new FakeBreaker('broken');
    breakers.watch(broken);
    Object.defineProperty(broken, 'state', {
      get: () => {
        throw new Error('no state');
      },
    });
    broken.totals = { success: Number.NaN, failure: -5, rejected: Infinity, ignored: 1 };
    expect(await read('calls_total')).toBe(1);
    broken.stats = () => {
      throw new Error('no stats');
    };
    expect(await read('calls_total')).toBe(0);
    expect(await read('state')).toBe(0);
  });

  test('maxBreakers below 1 throws', () => {
    expect(() => new BreakerMetrics({ maxBreakers: 0 })).toThrow('maxBreakers must be a whole number from 1, got 0');
  });
});
