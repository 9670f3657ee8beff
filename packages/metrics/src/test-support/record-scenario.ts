import { Registry } from 'prom-client';
import { BreakerMetrics, type ObservableBreaker, SystemMetrics, ToolMetrics } from '../index.ts';
import { ManualClock } from './manual-clock.ts';
import { parseExposition, seriesKey } from './parse-exposition.ts';

/** A series as promtool reads it: one value a minute. */
export interface RecordedSeries {
  series: string;
  values: string;
}

/**
 * Half an hour of a server with all kinds of events, scraped every minute. Each minute: `ping` succeeds 6 times and fails
 * twice (20 ms each, after 50 ms in the queue, 1000 bytes when it succeeds), `dig` is rejected once, one unknown tool is
 * called, one more tool is declared than the metrics may hold, 10 requests end, one of them with an error, and the breaker of
 * `ping` opens once and rejects 6 calls. A call of `scan` runs all the time, and one external metric always fails to collect.
 */
export async function recordScenario(): Promise<RecordedSeries[]> {
  const clock = new ManualClock(Date.UTC(2026, 0, 1));
  const registry = new Registry();
  registry.registerMetric({ name: 'broken', get: () => JSON.parse('{') as object } as never);
  const metrics = new ToolMetrics({ registry, clock, maxTools: 4, cacheMs: 0 });
  using system = new SystemMetrics({ registry, clock, eventLoop: true });
  const breaker = new OpeningBreaker();
  new BreakerMetrics({ registry }).watch(breaker);
  for (const tool of ['ping', 'dig', 'scan']) metrics.declare(tool);
  metrics.start('scan');
  for (let i = 0; i < 3; i++) system.connectionOpened();
  system.requestStarted();

  const recorded = new Map<string, { series: string; values: string[] }>();
  for (let minute = 0; minute <= 30; minute++) {
    for (const { name, labels, value } of parseExposition((await metrics.exposition()).body)) {
      const pairs = Object.entries({ ...labels, job: 'mcp', instance: 'a' }).map(([key, text]) => `${key}="${text}"`);
      const key = seriesKey({ name, labels });
      const one = recorded.get(key) ?? {
        series: `${name}{${pairs.join(',')}}`,
        values: Array<string>(minute).fill('_'),
      };
      // The delay of this process's own event loop differs from run to run.
      one.values.push(name.includes('event_loop') ? '0.02' : String(value));
      recorded.set(key, one);
    }
    metrics.declare(`one-too-many-${minute}`);
    for (let i = 0; i < 8; i++) {
      const good = i < 6;
      metrics.start('ping').end({
        status: good ? 'success' : 'failure',
        errorType: 'execution_error',
        durationMs: 20,
        queueMs: 50,
        outputBytes: good ? 1000 : 0,
      });
    }
    metrics.start('dig').end({ status: 'rejected', errorType: 'resource_exhausted' });
    metrics.start('made up').end({ status: 'success', durationMs: 20 });
    for (let i = 0; i < 10; i++) system.requestStarted().end(i > 0);
    breaker.open();
    clock.advance(60_000);
  }
  return [...recorded.values()].map(({ series, values }) => ({ series, values: values.join(' ') }));
}

class OpeningBreaker implements ObservableBreaker {
  readonly name = 'ping';
  readonly state = 'open';
  readonly #totals = { success: 0, failure: 0, rejected: 0, ignored: 0 };
  #listener: Parameters<ObservableBreaker['on']>[1] = () => {};

  stats() {
    return { totals: this.#totals };
  }

  on(_event: 'transition', listener: Parameters<ObservableBreaker['on']>[1]): Disposable {
    this.#listener = listener;
    return { [Symbol.dispose]: () => undefined };
  }

  open(): void {
    this.#totals.rejected += 6;
    this.#listener({ from: 'half_open', to: 'open' });
  }
}
