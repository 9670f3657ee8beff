import { resolveCheck } from '../check-definition.ts';
import type { CheckDefinition } from '../check-definition.ts';
import { keepProcessAlive, systemClock } from '../clock.ts';
import type { Clock } from '../clock.ts';
import { countStatuses } from '../report/health-report.ts';
import type { CheckReport, CheckResult, DrainState, HealthReport } from '../report/health-report.ts';
import { safeText } from '../safe-text.ts';
import { overallStatus, PRIORITIES } from '../status.ts';
import type { Group, HealthStatus } from '../status.ts';
import { ChangeLog } from './change-log.ts';
import type { HealthChange } from './change-log.ts';
import { CheckRunner } from './check-runner.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';

export interface HealthMonitorOptions {
  readonly checks?: readonly CheckDefinition[] | undefined;
  readonly clock?: Clock | undefined;
  /** Draws the jitter: 0 inclusive to 1 exclusive. @default Math.random */
  readonly random?: (() => number) | undefined;
  /** Results kept for each check, and overall changes kept: 1 to 10 000. @default 100 */
  readonly historySize?: number | undefined;
  /** Runs at once, over all checks: 1 to 10 000. A run that timed out no longer counts. @default 64 */
  readonly maxConcurrentRuns?: number | undefined;
}

/** How long disposal waits for runs that ignore their abort signal. */
const DISPOSE_WAIT_MS = 2000;

function wholeNumber(option: string, value: number, low: number, high: number): number {
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new RangeError(`HealthMonitor: ${option} must be a whole number from ${low} to ${high}, got ${String(value)}`);
}

/** Runs checks in the background and answers probes from their last results. */
export class HealthMonitor implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #historySize: number;
  readonly #limit: ConcurrencyLimit;
  /** In priority order, then in the order they were added. */
  readonly #runners: CheckRunner[] = [];
  readonly #lastStatuses = new Map<CheckRunner, HealthStatus>();
  readonly #notRun = new Set<CheckRunner>();
  #overall: HealthStatus = 'healthy';
  readonly #changes: ChangeLog;
  /** Cleared by every change. */
  readonly #reports = new Map<Group | undefined, { readonly report: HealthReport; readonly validUntilMs: number }>();
  #draining: DrainState | undefined;
  #started = false;
  #disposal: Promise<void> | undefined;

  /** @throws {RangeError | TypeError | Error} when an option is out of range, or as {@link HealthMonitor.add} does */
  constructor(options: HealthMonitorOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? Math.random;
    this.#historySize = wholeNumber('historySize', options.historySize ?? 100, 1, 10_000);
    this.#limit = new ConcurrencyLimit(wholeNumber('maxConcurrentRuns', options.maxConcurrentRuns ?? 64, 1, 10_000));
    this.#changes = new ChangeLog(this.#historySize);
    for (const check of options.checks ?? []) this.add(check);
  }

  /**
   * Adds a check and schedules it if the monitor has started. Disposing the result removes it.
   * @throws {RangeError | TypeError} when an option of the check is out of range
   * @throws {Error} when the name is taken or the monitor is disposed
   */
  add(definition: CheckDefinition): Disposable {
    if (this.#disposal) throw new Error('the health monitor is disposed; create a new one to add checks');
    const check = resolveCheck(definition);
    if (this.#runners.some((runner) => runner.check.name === check.name)) {
      throw new Error(`a health check named '${check.name}' exists already; remove it first or choose another name`);
    }
    const runner = new CheckRunner(check, {
      clock: this.#clock,
      random: this.#random,
      limit: this.#limit,
      historySize: this.#historySize,
      onChange: (changed) => this.#update(changed),
    });
    const rank = PRIORITIES.indexOf(check.priority);
    const after = this.#runners.findIndex((other) => PRIORITIES.indexOf(other.check.priority) > rank);
    this.#runners.splice(after === -1 ? this.#runners.length : after, 0, runner);
    this.#lastStatuses.set(runner, 'unknown');
    this.#notRun.add(runner);
    this.#update();
    if (this.#started) runner.schedule();
    return { [Symbol.dispose]: () => void this.#remove(runner) };
  }

  /** Removes a check and aborts its run. False if there is none of that name. */
  remove(name: string): boolean {
    const runner = this.#runners.find((candidate) => candidate.check.name === name);
    return runner !== undefined && this.#remove(runner);
  }

  /** Begins to run the checks, critical ones first. Does nothing when called again or after disposal. */
  start(): void {
    if (this.#started || this.#disposal) return;
    this.#started = true;
    for (const runner of this.#runners) runner.schedule();
  }

  /** Whether every check has run at least once. */
  get hasRunAll(): boolean {
    return this.#notRun.size === 0;
  }

  /** The current state for one probe or, without `group`, of every check. Synchronous; runs no check. */
  report(group?: Group): HealthReport {
    const nowMs = this.#clock.monotonicMs();
    const cached = this.#reports.get(group);
    if (cached && nowMs < cached.validUntilMs) return cached.report;
    const runners =
      group === undefined ? this.#runners : this.#runners.filter(({ check }) => check.groups.includes(group));
    const checks = Object.freeze(runners.map((runner) => runner.report(nowMs)));
    const notReady = this.#draining !== undefined && (group === 'ready' || group === undefined);
    const report: HealthReport = Object.freeze({
      status: notReady ? 'unhealthy' : overallStatus(checks, group),
      group,
      time: this.#clock.epochMs(),
      draining: this.#draining,
      checks,
      counts: countStatuses(checks),
    });
    const validUntilMs = runners.reduce((first, runner) => {
      return runner.freshUntilMs > nowMs ? Math.min(first, runner.freshUntilMs) : first;
    }, Infinity);
    this.#reports.set(group, { report, validUntilMs });
    return report;
  }

  /** Runs every check now, or the one of that name, joins runs in progress, and resolves with the report that follows. */
  async refresh(name?: string): Promise<HealthReport> {
    using _alive = keepProcessAlive();
    const runners = name === undefined ? this.#runners : this.#runners.filter(({ check }) => check.name === name);
    await Promise.all(runners.map((runner) => runner.run()));
    return this.report();
  }

  /** From now on readiness fails, for good; liveness and startup are unaffected. Only the first reason is kept. */
  drain(reason: string): void {
    if (this.#draining) return;
    this.#draining = Object.freeze({ reason: safeText(reason), since: this.#clock.epochMs() });
    this.#update();
  }

  /**
   * Calls `listener` after each change. An exception of a listener becomes a process warning and nothing else.
   * @throws {TypeError} when the event has another name
   */
  on(event: 'changed', listener: (change: HealthChange) => void): Disposable {
    if (event !== 'changed') throw new TypeError(`the only event is 'changed', got '${String(event)}'`);
    return this.#changes.listen(listener);
  }

  /** Without a name: the changes. With one: the results of that check (none if unknown). Oldest first. */
  history(): HealthChange[];
  history(name: string): CheckResult[];
  history(name?: string): HealthChange[] | CheckResult[] {
    if (name === undefined) return this.#changes.toArray();
    return this.#runners.find((runner) => runner.check.name === name)?.history() ?? [];
  }

  /** Drains, aborts running checks and stops for good, leaving no timer, process or handle. Waits at most 2 s for stuck checks. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#disposal ??= this.#dispose();
    return this.#disposal;
  }

  async #dispose(): Promise<void> {
    this.drain('the health monitor is disposed');
    using _alive = keepProcessAlive();
    const { promise: waited, resolve } = Promise.withResolvers<void>();
    using _limit = this.#clock.setTimer(DISPOSE_WAIT_MS, resolve);
    await Promise.race([Promise.all(this.#runners.map((runner) => runner.dispose())), waited]);
    this.#changes.removeListeners();
  }

  #remove(runner: CheckRunner): boolean {
    const index = this.#runners.indexOf(runner);
    if (index === -1) return false;
    this.#runners.splice(index, 1);
    this.#lastStatuses.delete(runner);
    this.#notRun.delete(runner);
    void runner.dispose();
    this.#update();
    return true;
  }

  /** Discards the cached reports, and records a change if a status is another one now. */
  #update(changed?: CheckRunner): void {
    this.#reports.clear();
    const status = this.#statusNow();
    const previousStatus = this.#overall;
    this.#overall = status;
    const check = changed && this.#checkChange(changed);
    if (check === undefined && status === previousStatus) return;
    this.#changes.add(Object.freeze({ time: this.#clock.epochMs(), status, previousStatus, check }));
  }

  /** As `report()` says it, without a report: with many checks one would be made for every run of each. */
  #statusNow(): HealthStatus {
    return this.#draining === undefined ? overallStatus(this.#deciding()) : 'unhealthy';
  }

  /** Informational checks, which are last, never decide. */
  *#deciding(): Generator<CheckReport> {
    const nowMs = this.#clock.monotonicMs();
    for (const runner of this.#runners) {
      if (runner.check.priority === 'informational') return;
      yield runner.report(nowMs);
    }
  }

  #checkChange(runner: CheckRunner): HealthChange['check'] {
    const { status, lastStatus } = runner.report(this.#clock.monotonicMs());
    if (lastStatus !== undefined) this.#notRun.delete(runner);
    const previousStatus = this.#lastStatuses.get(runner) ?? 'unknown';
    this.#lastStatuses.set(runner, status);
    return status === previousStatus ? undefined : Object.freeze({ name: runner.check.name, status, previousStatus });
  }
}
