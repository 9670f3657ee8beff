import type { CheckDefinition, CheckOutcome } from '../check-definition.ts';
import { HealthMonitor } from '../monitor/health-monitor.ts';
import type { HealthMonitorOptions } from '../monitor/health-monitor.ts';
import type { HealthStatus } from '../status.ts';
import { ManualClock } from './manual-clock.ts';

/** A monitor with a manual clock and without jitter. */
export function createMonitor(options: HealthMonitorOptions = {}): { clock: ManualClock; monitor: HealthMonitor } {
  const clock = new ManualClock();
  // The middle of the range draws no jitter.
  return { clock, monitor: new HealthMonitor({ clock, random: () => 0.5, ...options }) };
}

/** A healthy critical check. */
export function createCheck(name: string, rest: Partial<CheckDefinition> = {}): CheckDefinition {
  return { name, priority: 'critical', run: () => ({ status: 'healthy' }), ...rest };
}

/** A check that returns `script.status` and counts its runs. */
export function scriptedCheck(name: string, rest: Partial<CheckDefinition> = {}) {
  const script = { status: 'healthy' as HealthStatus, runs: 0 };
  const definition = createCheck(name, {
    run: () => {
      script.runs += 1;
      return { status: script.status };
    },
    ...rest,
  });
  return { script, definition };
}

/** Counts its runs and the most that were in progress at once; each takes `ms` on the clock, or no time for 0. */
export function countingCheck(clock: () => ManualClock, ms: number, rest: Partial<CheckDefinition> = {}) {
  const count = { runs: 0, inProgress: 0, maxInProgress: 0 };
  const definition = createCheck('counting', {
    run: async () => {
      count.runs += 1;
      count.inProgress += 1;
      count.maxInProgress = Math.max(count.maxInProgress, count.inProgress);
      if (ms > 0) await new Promise<void>((resolve) => void clock().setTimer(ms, resolve));
      count.inProgress -= 1;
      return { status: 'healthy' };
    },
    ...rest,
  });
  return { count, definition };
}

/** A run that ignores its signal and never returns. */
export function neverReturn(): Promise<CheckOutcome> {
  return new Promise(() => undefined);
}

/** A run that returns when it is aborted. */
export function returnOnAbort(signal: AbortSignal): Promise<CheckOutcome> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve({ status: 'unknown' }));
  });
}
