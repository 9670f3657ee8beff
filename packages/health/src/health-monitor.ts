import { resolveCheck } from './check.ts';
import type { CheckDefinition } from './check.ts';
import { CheckRunner } from './check-runner.ts';
import { keepProcessAlive, systemClock } from './clock.ts';
import type { Clock } from './clock.ts';
import { countStatuses } from './health-report.ts';
import type { CheckResult, DrainState, HealthReport } from './health-report.ts';
import { Ring } from './ring.ts';
import { RunGate } from './run-gate.ts';
import { safeText } from './safe-text.ts';
import { overallStatus, PRIORITIES } from './status.ts';
import type { Group, HealthStatus } from './status.ts';

export interface HealthMonitorOptions {
  readonly checks?: readonly CheckDefinition[] | undefined;
  readonly clock?: Clock | undefined;
  /** Draws the jitter: 0 inclusive to 1 exclusive. Default `Math.random`. */
  readonly random?: (() => number) | undefined;
  /** Results kept per check, and changes kept of the whole: 1 to 10 000, default 100. */
  readonly historySize?: number | undefined;
  /** Runs at once, over all checks: 1 to 10 000, default 64. A run that timed out no longer counts. */
  readonly maxConcurrentRuns?: number | undefined;
}

/** A change of the status of one check, of the whole, or of both. */
export interface HealthChange {
  /** Epoch milliseconds. */
  readonly time: number;
  /** Of the whole. */
  readonly status: HealthStatus;
  readonly previousStatus: HealthStatus;
  /** The check whose run brought it about; undefined when a check was added or removed, or draining began. */
  readonly check:
    | { readonly name: string; readonly status: HealthStatus; readonly previousStatus: HealthStatus }
    | undefined;
}

/** How long disposal waits for runs that do not heed their abort. */
const DISPOSE_WAIT_MS = 2000;

function wholeNumber(option: string, value: number, low: number, high: number): number {
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new RangeError(`HealthMonitor: ${option} must be a whole number from ${low} to ${high}, got ${String(value)}`);
}

/** Runs checks in the background and answers probes from what is known. Asking never runs a check. */
export class HealthMonitor implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #historySize: number;
  readonly #gate: RunGate;
  /** In priority order, then in the order they were added. */
  #runners: CheckRunner[] = [];
  readonly #lastStatuses = new Map<CheckRunner, HealthStatus>();
  #overall: HealthStatus = 'healthy';
  readonly #changes: Ring<HealthChange>;
  readonly #listeners = new Set<(change: HealthChange) => void>();
  readonly #reports = new Map<Group | undefined, { readonly report: HealthReport; readonly validUntil: number }>();
  #draining: DrainState | undefined;
  #started = false;
  #disposal: Promise<void> | undefined;

  constructor(options: HealthMonitorOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#historySize = wholeNumber('historySize', options.historySize ?? 100, 1, 10_000);
    this.#gate = new RunGate(wholeNumber('maxConcurrentRuns', options.maxConcurrentRuns ?? 64, 1, 10_000));
    this.#changes = new Ring(this.#historySize);
    for (const check of options.checks ?? []) this.add(check);
  }

  /** Adds a check, at once scheduled if the monitor has started. A name already taken throws. Disposing the answer removes it. */
  add(definition: CheckDefinition): Disposable {
    if (this.#disposal) throw new Error('the health monitor is disposed; create a new one to add checks');
    const check = resolveCheck(definition);
    if (this.#runners.some((runner) => runner.check.name === check.name)) {
      throw new Error(`a health check named '${check.name}' exists already; remove it first or choose another name`);
    }
    const runner = new CheckRunner(check, {
      clock: this.#clock,
      random: this.#random,
      gate: this.#gate,
      historySize: this.#historySize,
      onChange: (changed) => this.#announce(changed),
    });
    const rank = PRIORITIES.indexOf(check.priority);
    const after = this.#runners.findIndex((other) => PRIORITIES.indexOf(other.check.priority) > rank);
    this.#runners.splice(after === -1 ? this.#runners.length : after, 0, runner);
    this.#lastStatuses.set(runner, 'unknown');
    this.#announce();
    if (this.#started) runner.schedule();
    return { [Symbol.dispose]: () => void this.#remove(runner) };
  }

  /** Takes a check out and aborts its run. False if there is none of that name. */
  remove(name: string): boolean {
    const runner = this.#runners.find((candidate) => candidate.check.name === name);
    return runner !== undefined && this.#remove(runner);
  }

  /** Begins running the checks, critical ones first. Again, or after disposal, it does nothing. */
  start(): void {
    if (this.#started || this.#disposal) return;
    this.#started = true;
    for (const runner of this.#runners) runner.schedule();
  }

  /** What is known now, for one probe or (without `group`) of every check. Runs nothing, waits for nothing. */
  report(group?: Group): HealthReport {
    const now = this.#clock.monotonic();
    const known = this.#reports.get(group);
    if (known && now < known.validUntil) return known.report;
    const runners =
      group === undefined ? this.#runners : this.#runners.filter(({ check }) => check.groups.includes(group));
    const checks = Object.freeze(runners.map((runner) => runner.report(now)));
    const refusing = this.#draining !== undefined && (group === 'ready' || group === undefined);
    const report: HealthReport = Object.freeze({
      status: refusing ? 'unhealthy' : overallStatus(checks, group),
      group,
      time: this.#clock.now(),
      draining: this.#draining,
      checks,
      counts: countStatuses(checks),
    });
    const validUntil = runners.reduce((first, runner) => {
      return runner.freshUntil > now ? Math.min(first, runner.freshUntil) : first;
    }, Infinity);
    this.#reports.set(group, { report, validUntil });
    return report;
  }

  /** Runs every check now, joining those under way, and answers with what they found. */
  async refresh(): Promise<HealthReport> {
    using _alive = keepProcessAlive();
    await Promise.all(this.#runners.map((runner) => runner.run()));
    return this.report();
  }

  /** From now on readiness fails, for good; liveness and startup are untouched. The first reason stands. */
  drain(reason: string): void {
    if (this.#draining) return;
    this.#draining = Object.freeze({ reason: safeText(reason), since: this.#clock.now() });
    this.#announce();
  }

  /** Calls `listener` after each change. What a listener throws becomes a process warning and changes nothing. */
  on(event: 'changed', listener: (change: HealthChange) => void): Disposable {
    if (event !== 'changed') throw new TypeError(`the only event is 'changed', got '${String(event)}'`);
    const own = (change: HealthChange): void => listener(change);
    this.#listeners.add(own);
    return { [Symbol.dispose]: () => void this.#listeners.delete(own) };
  }

  /** Without a name: the changes. With one: the results of that check (none if unknown). Oldest first. */
  history(): HealthChange[];
  history(name: string): CheckResult[];
  history(name?: string): HealthChange[] | CheckResult[] {
    if (name === undefined) return this.#changes.toArray();
    return this.#runners.find((runner) => runner.check.name === name)?.history() ?? [];
  }

  /** Drains, aborts what runs and stops for good, leaving no timer, process or handle. Waits at most two seconds for stuck checks. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  async #dispose(): Promise<void> {
    this.drain('the health monitor is disposed');
    using _alive = keepProcessAlive();
    const waited = Promise.withResolvers<void>();
    const limit = this.#clock.setTimer(waited.resolve, DISPOSE_WAIT_MS);
    await Promise.race([Promise.all(this.#runners.map((runner) => runner.dispose())), waited.promise]);
    limit.cancel();
    this.#listeners.clear();
  }

  #remove(runner: CheckRunner): boolean {
    const at = this.#runners.indexOf(runner);
    if (at === -1) return false;
    this.#runners.splice(at, 1);
    this.#lastStatuses.delete(runner);
    void runner.dispose();
    this.#announce();
    return true;
  }

  /** Forgets the cached reports, and tells the listeners if a status changed. */
  #announce(changed?: CheckRunner): void {
    this.#reports.clear();
    const report = this.report();
    const previousStatus = this.#overall;
    this.#overall = report.status;
    const check = changed && this.#checkChange(changed);
    if (check === undefined && report.status === previousStatus) return;
    const change: HealthChange = Object.freeze({ time: report.time, status: report.status, previousStatus, check });
    this.#changes.push(change);
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch {
        process.emitWarning("a listener of HealthMonitor's 'changed' event threw", 'HealthListenerWarning');
      }
    }
  }

  #checkChange(runner: CheckRunner): HealthChange['check'] {
    const { status } = runner.report(this.#clock.monotonic());
    const previousStatus = this.#lastStatuses.get(runner) ?? 'unknown';
    this.#lastStatuses.set(runner, status);
    return status === previousStatus ? undefined : Object.freeze({ name: runner.check.name, status, previousStatus });
  }
}
