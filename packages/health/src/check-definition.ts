import { HIDDEN } from './hidden-characters.ts';
import { GROUPS, PRIORITIES } from './status.ts';
import type { Group, HealthStatus, Priority } from './status.ts';

/** The result of one run of a check. */
export interface CheckOutcome {
  readonly status: HealthStatus;
  /** One line for the operator. Shown in the detailed view only. */
  readonly message?: string | undefined;
  /** The measured value; numbers must be finite. */
  readonly observedValue?: number | string | boolean | undefined;
  /** `percent`, `ms`, `bytes`, ... */
  readonly observedUnit?: string | undefined;
  /** Where the value came from, such as `cgroup-v2`. */
  readonly source?: string | undefined;
  /** Any JSON object up to 8 KiB; larger or unserialisable metadata is dropped. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

export interface CheckContext {
  /** Aborted at the check's timeout and when the monitor is disposed or the check removed. */
  readonly signal: AbortSignal;
}

/** Schedule, priority and thresholds; every built-in check takes these. */
export interface CheckOptions {
  /** 1 to 100 printable characters, unique in a monitor. */
  readonly name?: string | undefined;
  readonly priority?: Priority | undefined;
  /** The probes that include this check. @default ['ready', 'startup'] */
  readonly groups?: readonly Group[] | undefined;
  /** 1 to 3 600 000. Enforced even if the check ignores its signal. @default 10_000 */
  readonly timeoutMs?: number | undefined;
  /** From the end of a run to the start of the next, 10 to 86 400 000. At least `timeoutMs`; jitter ±10 %. @default 30_000 */
  readonly periodMs?: number | undefined;
  /** From `start()` to the first run, 0 to 86 400 000; jitter ±10 %. @default 0 */
  readonly initialDelayMs?: number | undefined;
  /** Consecutive runs worse than the reported status before it gets worse, 1 to 100. @default 1 */
  readonly failureThreshold?: number | undefined;
  /** Consecutive runs better than the reported status before it gets better, 1 to 100. @default 1 */
  readonly successThreshold?: number | undefined;
}

/** A check as added to a monitor. `[Symbol.dispose]`, if present, is called when it is removed or the monitor disposed. */
export interface CheckDefinition extends CheckOptions, Partial<Disposable> {
  readonly name: string;
  readonly priority: Priority;
  /** The part after the colon of the health+json key, such as `utilization` in `cpu:utilization`. */
  readonly measurement?: string | undefined;
  /** health+json `componentType`. @default 'component' */
  readonly componentType?: string | undefined;
  /** True for something outside this process. Not allowed in the group `live`: a restart would not repair it. @default false */
  readonly dependency?: boolean | undefined;
  run(context: CheckContext): CheckOutcome | Promise<CheckOutcome>;
}

/** A definition with its defaults applied and its ranges checked. */
export interface ResolvedCheck {
  readonly definition: CheckDefinition;
  readonly name: string;
  readonly priority: Priority;
  readonly groups: readonly Group[];
  readonly timeoutMs: number;
  /** At least `timeoutMs`, so that a run has ended or timed out before the next is due. */
  readonly periodMs: number;
  readonly initialDelayMs: number;
  readonly failureThreshold: number;
  readonly successThreshold: number;
}

const HOUR_MS = 3_600_000;

function isCheckName(name: string): boolean {
  return name !== '' && name.length <= 100 && name.trim() === name && name.search(HIDDEN) < 0;
}

/** @throws {TypeError | RangeError} naming the check, the option, what is allowed and what was given */
export function resolveCheck(definition: CheckDefinition): ResolvedCheck {
  const { name, priority, groups = ['ready', 'startup'], timeoutMs = 10_000, periodMs = 30_000 } = definition;
  if (typeof name !== 'string' || !isCheckName(name)) {
    throw new TypeError(
      'a check needs a name of 1 to 100 printable characters that neither begins nor ends with a space',
    );
  }
  const fail = (option: string, allowed: string, given: unknown): never => {
    throw new RangeError(`health check '${name}': ${option} must be ${allowed}, got ${String(given)}`);
  };
  if (!PRIORITIES.includes(priority)) fail('priority', `one of ${PRIORITIES.join(', ')}`, priority);
  for (const group of groups) if (!GROUPS.includes(group)) fail('groups', `some of ${GROUPS.join(', ')}`, group);
  if (typeof definition.run !== 'function') fail('run', 'a function', typeof definition.run);
  if (definition.dependency === true && groups.includes('live')) {
    fail('groups', 'without live, because a restart does not repair a dependency', groups.join(', '));
  }
  const within = (option: string, value: number, low: number, high: number, whole = false): number => {
    const valid = Number.isFinite(value) && value >= low && value <= high && (!whole || Number.isInteger(value));
    return valid ? value : fail(option, `${whole ? 'a whole number ' : ''}from ${low} to ${high}`, value);
  };
  const timeout = within('timeoutMs', timeoutMs, 1, HOUR_MS);
  return {
    definition,
    name,
    priority,
    groups: [...new Set(groups)],
    timeoutMs: timeout,
    periodMs: Math.max(within('periodMs', periodMs, 10, 24 * HOUR_MS), timeout),
    initialDelayMs: within('initialDelayMs', definition.initialDelayMs ?? 0, 0, 24 * HOUR_MS),
    failureThreshold: within('failureThreshold', definition.failureThreshold ?? 1, 1, 100, true),
    successThreshold: within('successThreshold', definition.successThreshold ?? 1, 1, 100, true),
  };
}

/** The `CheckOptions` of a built-in check: what the caller set, over the check's own defaults. */
export function optionsWithDefaults<D extends CheckOptions>(options: CheckOptions, defaults: D): CheckOptions & D {
  const { name, priority, groups, timeoutMs, periodMs, initialDelayMs, failureThreshold, successThreshold } = options;
  const all = { name, priority, groups, timeoutMs, periodMs, initialDelayMs, failureThreshold, successThreshold };
  return { ...defaults, ...Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) };
}
