import { GROUPS, PRIORITIES } from './status.ts';
import type { Group, HealthStatus, Priority } from './status.ts';

/** What one run of a check found. */
export interface CheckOutcome {
  readonly status: HealthStatus;
  /** One line for the operator. Shown in the detailed view only. */
  readonly message?: string | undefined;
  /** The measured value; numbers must be finite. */
  readonly observedValue?: number | string | boolean | undefined;
  /** `percent`, `ms`, `bytes`, ... */
  readonly observedUnit?: string | undefined;
  /** Where the value came from, e.g. `cgroup-v2`. */
  readonly source?: string | undefined;
  /** Anything JSON, up to 8 KiB; larger or unserialisable metadata is dropped. */
  readonly metadata?: Readonly<Record<string, unknown>> | undefined;
}

export interface CheckContext {
  /** Aborted at the check's timeout and when the monitor is disposed or the check removed. */
  readonly signal: AbortSignal;
}

/** When and how strictly a check runs; every built-in check takes these. */
export interface CheckOptions {
  /** 1 to 100 printable characters, unique in a monitor. */
  readonly name?: string | undefined;
  readonly priority?: Priority | undefined;
  /** Which probes look at it. Default `ready` and `startup`. */
  readonly groups?: readonly Group[] | undefined;
  /** 1 to 3 600 000; default 10 000. Enforced even if the check ignores its signal. */
  readonly timeoutMs?: number | undefined;
  /** From the end of a run to the start of the next, 10 to 86 400 000; default 30 000. Raised to `timeoutMs` when shorter; drawn +-10 %. */
  readonly periodMs?: number | undefined;
  /** From `start()` to the first run, 0 to 86 400 000; default 0; drawn +-10 %. */
  readonly initialDelayMs?: number | undefined;
  /** Runs in a row that must be worse than the reported status before it gets worse, 1 to 100; default 1. */
  readonly failureThreshold?: number | undefined;
  /** Runs in a row that must be better before it gets better, 1 to 100; default 1. */
  readonly successThreshold?: number | undefined;
}

/** A check as given to a monitor. `[Symbol.dispose]`, if present, is called when it is removed or the monitor disposed. */
export interface CheckDefinition extends CheckOptions, Partial<Disposable> {
  readonly name: string;
  readonly priority: Priority;
  /** The part after the colon of the health+json key, e.g. `utilization` in `cpu:utilization`. */
  readonly measurement?: string | undefined;
  /** health+json `componentType`; default `component`. */
  readonly componentType?: string | undefined;
  /** Looks at something outside this process. Such a check is refused in `live`: a restart would not cure it. */
  readonly dependency?: boolean | undefined;
  run(context: CheckContext): CheckOutcome | Promise<CheckOutcome>;
}

/** A definition with every default filled in and every range checked. */
export interface ResolvedCheck {
  readonly definition: CheckDefinition;
  readonly name: string;
  readonly priority: Priority;
  readonly groups: readonly Group[];
  readonly timeoutMs: number;
  /** Already `max(periodMs, timeoutMs)`, so that a run has ended or timed out before the next is due. */
  readonly periodMs: number;
  readonly initialDelayMs: number;
  readonly failureThreshold: number;
  readonly successThreshold: number;
}

const HOUR_MS = 3_600_000;

/** Throws `TypeError` or `RangeError` that names the check, the option, what is allowed and what was given. */
export function resolveCheck(definition: CheckDefinition): ResolvedCheck {
  const { name, priority, groups = ['ready', 'startup'], timeoutMs = 10_000, periodMs = 30_000 } = definition;
  if (typeof name !== 'string' || !/^[^\p{C}\p{Z}](?:[^\p{C}]{0,98}[^\p{C}\p{Z}])?$/u.test(name)) {
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
    fail('groups', 'without live, because a restart does not cure a dependency', groups.join(', '));
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

/** The scheduling half of a built-in check: what the caller gave, over the check's own defaults. */
export function scheduleOf<D extends CheckOptions>(options: CheckOptions, defaults: D): CheckOptions & D {
  const { name, priority, groups, timeoutMs, periodMs, initialDelayMs, failureThreshold, successThreshold } = options;
  const given = { name, priority, groups, timeoutMs, periodMs, initialDelayMs, failureThreshold, successThreshold };
  return { ...defaults, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}
