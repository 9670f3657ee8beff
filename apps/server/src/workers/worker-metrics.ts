import { repeat, type Clock } from '../foundation/clock.ts';
import type { MetricRecord } from '../observability/metrics/metric-record.ts';
import type { ServerCounter, ServerGauge } from '../observability/metrics/server-metric.ts';
import type { Supervisor, WorkerProcess } from './supervisor.ts';

const SCRAPE_TIMEOUT_MS = 2000;
const COLLECT_MS = 1000;

/**
 * The metrics of all workers, and what those have counted that have ended. The numbers of a worker are collected once a second while
 * it works, so a worker that is killed takes at most that of its last second with it.
 */
export class WorkerMetrics implements Disposable {
  readonly #supervisor: Pick<Supervisor, 'running'>;
  readonly #own: readonly (ServerGauge | ServerCounter)[];
  readonly #last = new Map<WorkerProcess, readonly MetricRecord[]>();
  #ended: Promise<readonly MetricRecord[]> = Promise.resolve([]);
  readonly #timer: Disposable;

  constructor(supervisor: Pick<Supervisor, 'running'>, own: readonly (ServerGauge | ServerCounter)[], clock: Clock) {
    this.#supervisor = supervisor;
    this.#own = own;
    this.#timer = repeat(clock, COLLECT_MS, () => {
      for (const worker of supervisor.running) void this.#collect(worker, 'metrics.changed');
    });
  }

  /** Of every process, ended ones included. A worker that does not answer in time counts with what it said last. */
  async all(): Promise<(readonly MetricRecord[])[]> {
    await Promise.all(this.#supervisor.running.map((worker) => this.#collect(worker, 'metrics.all')));
    return [await this.#ended, ...this.#last.values(), await Promise.all(this.#own.map(recordOf))];
  }

  forget(worker: WorkerProcess): void {
    const last = this.#last.get(worker);
    this.#last.delete(worker);
    if (!last) return;
    this.#ended = this.#ended.then(async (ended) => {
      const { keptRecords } = await import('../observability/metrics/combine-records.ts');
      return keptRecords([ended, last]);
    });
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }

  async #collect(worker: WorkerProcess, name: 'metrics.all' | 'metrics.changed'): Promise<void> {
    try {
      const records = await worker.channel.ask<readonly MetricRecord[] | null>(name, [], SCRAPE_TIMEOUT_MS);
      if (records !== null && this.#supervisor.running.includes(worker)) this.#last.set(worker, records);
    } catch {
      // It has ended, or is too busy: what it said last counts.
    }
  }
}

async function recordOf(metric: ServerGauge | ServerCounter): Promise<MetricRecord> {
  const { type, name, help, read } = metric;
  const aggregator = (type === 'gauge' && metric.aggregator) || 'sum';
  const sample = { labels: {}, value: await read() };
  return { type, name, help, aggregator, values: [sample] };
}
