import type { CheckOutcome, ResolvedCheck } from '../check-definition.ts';
import type { Group, HealthStatus, Priority } from '../status.ts';

/** One finished run of a check. */
export interface CheckResult extends CheckOutcome {
  /** The status reported from this run on: `status` after damping. */
  readonly reportedStatus: HealthStatus;
  /** When the run ended, epoch milliseconds. */
  readonly time: number;
  readonly durationMs: number;
  readonly timedOut: boolean;
}

/** The current state of a check. */
export interface CheckReport {
  readonly name: string;
  readonly priority: Priority;
  readonly groups: readonly Group[];
  readonly componentType: string;
  readonly measurement: string | undefined;
  /** After damping; `unknown` before the first run and when the last result is stale. */
  readonly status: HealthStatus;
  /** The status of the newest run itself; differs from `status` while damped or stale. */
  readonly lastStatus: HealthStatus | undefined;
  readonly message: string | undefined;
  readonly observedValue: number | string | boolean | undefined;
  readonly observedUnit: string | undefined;
  readonly source: string | undefined;
  readonly metadata: Readonly<Record<string, unknown>> | undefined;
  /** When the newest run ended, epoch milliseconds; undefined before the first. */
  readonly time: number | undefined;
  readonly durationMs: number | undefined;
  /** The newest result is older than three periods. */
  readonly stale: boolean;
  /** A run that timed out has not returned; the check is not started again until it has. */
  readonly stuck: boolean;
}

export interface DrainState {
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** The frozen state for one probe. */
export interface HealthReport {
  readonly status: HealthStatus;
  /** The probe; undefined for all checks. */
  readonly group: Group | undefined;
  /** When this report was made, epoch milliseconds. The same report is returned until something changes. */
  readonly time: number;
  /** Set once `drain()` was called or the monitor disposed: readiness and the overall status are unhealthy. */
  readonly draining: DrainState | undefined;
  /** By priority, then in the order they were added. */
  readonly checks: readonly CheckReport[];
  readonly counts: Readonly<Record<HealthStatus, number>>;
}

/** A result older than this many periods is stale. */
export const STALE_AFTER_PERIODS = 3;

export function reportCheck(
  check: ResolvedCheck,
  state: { readonly result: CheckResult | undefined; readonly stale: boolean; readonly stuck: boolean },
): CheckReport {
  const { result, stale, stuck } = state;
  let message = result?.message;
  if (result === undefined) message = 'has not run yet';
  else if (stale) message = `the last result (${result.reportedStatus}) is older than ${STALE_AFTER_PERIODS} periods`;
  return Object.freeze({
    name: check.name,
    priority: check.priority,
    groups: check.groups,
    componentType: check.definition.componentType ?? 'component',
    measurement: check.definition.measurement,
    status: result === undefined || stale ? 'unknown' : result.reportedStatus,
    lastStatus: result?.status,
    message,
    observedValue: result?.observedValue,
    observedUnit: result?.observedUnit,
    source: result?.source,
    metadata: result?.metadata,
    time: result?.time,
    durationMs: result?.durationMs,
    stale,
    stuck,
  });
}

export function countStatuses(checks: readonly CheckReport[]): Readonly<Record<HealthStatus, number>> {
  const counts = { healthy: 0, degraded: 0, unknown: 0, unhealthy: 0 };
  for (const { status } of checks) counts[status] += 1;
  return Object.freeze(counts);
}
