import type { ResolvedCheck } from '../check-definition.ts';
import type { Clock } from '../clock.ts';
import { reportCheck, STALE_AFTER_PERIODS } from '../report/health-report.ts';
import type { CheckReport, CheckResult } from '../report/health-report.ts';
import type { ConcurrencyLimit } from './concurrency-limit.ts';
import { FlapDamper } from './flap-damper.ts';
import { RingBuffer } from './ring-buffer.ts';
import { startRun } from './timed-run.ts';
import type { TimedOutcome, TimedRun } from './timed-run.ts';

export interface RunnerDependencies {
  readonly clock: Clock;
  /** 0 inclusive to 1 exclusive. */
  readonly random: () => number;
  readonly limit: ConcurrencyLimit;
  readonly historySize: number;
  /** Called after anything that `report()` shows has changed. */
  readonly onChange: (runner: CheckRunner) => void;
}

const JITTER = 0.1;

/** One check in a monitor: schedules its runs, one at a time, and holds their results. */
export class CheckRunner {
  readonly check: ResolvedCheck;
  readonly #dependencies: RunnerDependencies;
  readonly #damper: FlapDamper;
  readonly #history: RingBuffer<CheckResult>;
  #scheduled = false;
  #disposed = false;
  #timer: Disposable | undefined;
  /** From the request to run until the outcome is known. Requests in the meantime share it. */
  #pendingOutcome: Promise<void> | undefined;
  /** The run that has not settled yet; outlives `#pendingOutcome` when it is stuck. */
  #run: TimedRun | undefined;
  #stuck = false;
  #result: CheckResult | undefined;
  #freshUntilMs = 0;

  constructor(check: ResolvedCheck, dependencies: RunnerDependencies) {
    this.check = check;
    this.#dependencies = dependencies;
    this.#damper = new FlapDamper(check.failureThreshold, check.successThreshold);
    this.#history = new RingBuffer(dependencies.historySize);
  }

  /** Runs after the initial delay, then one period after the end of each run. */
  schedule(): void {
    if (this.#scheduled || this.#disposed) return;
    this.#scheduled = true;
    if (this.check.initialDelayMs === 0) void this.run();
    else this.#runIn(this.check.initialDelayMs);
  }

  /** Runs now, or joins a run in progress. Resolves when the outcome is known; never rejects. */
  run(): Promise<void> {
    if (this.#disposed) return Promise.resolve();
    this.#timer?.[Symbol.dispose]();
    this.#pendingOutcome ??= this.#runOnce();
    return this.#pendingOutcome;
  }

  report(monotonicMs: number): CheckReport {
    const stale = this.#result !== undefined && monotonicMs >= this.#freshUntilMs;
    return reportCheck(this.check, { result: this.#result, stale, stuck: this.#stuck });
  }

  /** When `report()` becomes stale if nothing else happens, on the monotonic clock. */
  get freshUntilMs(): number {
    return this.#result === undefined ? Infinity : this.#freshUntilMs;
  }

  /** Oldest first. */
  history(): CheckResult[] {
    return this.#history.toArray();
  }

  /** Stops for good. Resolves when a run in progress has settled; never, if it ignores its signal. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#timer?.[Symbol.dispose]();
    this.#run?.cancel();
    try {
      this.check.definition[Symbol.dispose]?.();
    } catch {
      process.emitWarning(`health check '${this.check.name}' threw while being disposed`, 'HealthCheckWarning');
    }
    await this.#run?.settled;
  }

  async #runOnce(): Promise<void> {
    // `#pendingOutcome` is set before the check is called: a check that refreshes the monitor joins itself and times out.
    await Promise.resolve();
    await this.#dependencies.limit.run(this.check.priority, () => this.#execute());
    this.#pendingOutcome = undefined;
    if (this.#scheduled) this.#runIn(this.check.periodMs);
  }

  #runIn(delayMs: number): void {
    if (this.#disposed) return;
    const jitteredMs = delayMs * (1 + JITTER * (2 * this.#dependencies.random() - 1));
    this.#timer?.[Symbol.dispose]();
    this.#timer = this.#dependencies.clock.setTimer(jitteredMs, () => void this.run());
  }

  async #execute(): Promise<void> {
    if (this.#disposed) return;
    if (this.#run) {
      // A stuck check is not started again. Its failure is recorded again, so that it does not become `unknown` by age.
      const message = `stuck: a run that timed out after ${this.check.timeoutMs} ms has not returned`;
      this.#record({ status: 'unhealthy', message, timedOut: true }, 0);
      return;
    }
    const { clock } = this.#dependencies;
    const startedMs = clock.monotonicMs();
    const run = startRun(this.check, clock);
    this.#run = run;
    void run.settled.then(() => this.#onSettled());
    const outcome = await run.outcome;
    if (outcome === undefined || this.#disposed) return;
    this.#stuck = this.#run !== undefined && outcome.timedOut;
    this.#record(outcome, Math.round((clock.monotonicMs() - startedMs) * 1000) / 1000);
  }

  #onSettled(): void {
    this.#run = undefined;
    if (!this.#stuck) return;
    this.#stuck = false;
    if (!this.#disposed) this.#dependencies.onChange(this);
  }

  #record(outcome: TimedOutcome, durationMs: number): void {
    const { clock } = this.#dependencies;
    const reportedStatus = this.#damper.record(outcome.status);
    const result: CheckResult = Object.freeze({ ...outcome, reportedStatus, time: clock.epochMs(), durationMs });
    this.#result = result;
    this.#freshUntilMs = clock.monotonicMs() + STALE_AFTER_PERIODS * this.check.periodMs;
    this.#history.push(result);
    this.#dependencies.onChange(this);
  }
}
