import * as promio from '@prometheus-io/client';
import { DEFAULT_BUCKETS, ToolMetrics } from '@mcp/metrics';
import * as prom from 'prom-client';

export const TOOLS: readonly string[] = Array.from({ length: 1000 }, (_, i) => `tool_number_${i}`);

/** Durations of 1 ms to 1 s, the same in every run and for every candidate. */
export const DURATIONS_MS: readonly number[] = Array.from({ length: 4096 }, (_, i) => 1 + ((i * 7919) % 4096) * 0.244);

export interface Recorder {
  /** One whole call: starts, ends well, took so long. */
  call(tool: string, durationMs: number): void;
  fail(tool: string, errorType: string): void;
  scrape(): Promise<string>;
}

/** As a user has it: bounds, checks, percentiles; only the one-second cache is off, so that every scrape is a real one. */
export function ours(): Recorder & { metrics: ToolMetrics } {
  const metrics = new ToolMetrics({ registry: new prom.Registry(), cacheMs: 0 });
  for (const tool of TOOLS) metrics.declare(tool);
  return {
    metrics,
    call: (tool, durationMs) => metrics.start(tool).end({ status: 'success', durationMs }),
    fail: (tool, errorType) => metrics.start(tool).end({ status: 'failure', errorType, durationMs: 1 }),
    scrape: async () => (await metrics.exposition()).body,
  };
}

/** prom-client used directly: the same running gauge, outcome counter, error counter and histogram, with the same buckets. */
export function promClient(library: typeof prom = prom): Recorder {
  const registers = [new library.Registry()];
  const total = new library.Counter({
    name: 'execution_total',
    help: 'x',
    labelNames: ['tool', 'status', 'error_type'],
    registers,
  });
  const errors = new library.Counter({
    name: 'errors_total',
    help: 'x',
    labelNames: ['tool', 'error_type'],
    registers,
  });
  const active = new library.Gauge({ name: 'active', help: 'x', labelNames: ['tool'], registers });
  const buckets = [...DEFAULT_BUCKETS];
  const seconds = new library.Histogram({
    name: 'execution_seconds',
    help: 'x',
    labelNames: ['tool'],
    buckets,
    registers,
  });
  const call = (tool: string, status: string, error_type: string, durationMs: number) => {
    active.inc({ tool });
    total.inc({ tool, status, error_type });
    seconds.observe({ tool }, durationMs / 1000);
    active.dec({ tool });
  };
  return {
    call: (tool, durationMs) => call(tool, 'success', 'none', durationMs),
    fail(tool, error_type) {
      call(tool, 'failure', error_type, 1);
      errors.inc({ tool, error_type });
    },
    scrape: async () => (registers[0] as prom.Registry).metrics(),
  };
}

/** prom-client's successor has the same names and shapes. */
export function promIo(): Recorder {
  return promClient(promio as unknown as typeof prom);
}

/** Every tool has run often enough to fill the window of percentiles. */
export function filled<T extends Recorder>(recorder: T): T {
  for (let i = 0; i < 150 * TOOLS.length; i++) {
    recorder.call(TOOLS[i % TOOLS.length] ?? '', DURATIONS_MS[(i * 31) % DURATIONS_MS.length] ?? 0);
  }
  for (const tool of TOOLS) recorder.fail(tool, 'execution_error');
  return recorder;
}
