import type { ResolvedCheck } from './check.ts';
import type { Clock, TimerHandle } from './clock.ts';
import { FlapDamper } from './flap-damper.ts';
import { reportCheck, STALE_AFTER_PERIODS } from './health-report.ts';
import type { CheckReport, CheckResult } from './health-report.ts';
import { Ring } from './ring.ts';
import { startCheck } from './run-check.ts';
import type { CheckRun, RunOutcome } from './run-check.ts';
import type { RunGate } from './run-gate.ts';

export interface RunnerPorts {
  readonly clock: Clock;
  /** 0 inclusive to 1 exclusive. */
  readonly random: () => number;
  readonly gate: RunGate;
  readonly historySize: number;
  /** Called after anything `report()` shows has changed. */
  readonly onChange: (runner: CheckRunner) => void;
}

const JITTER = 0.1;

/** The life of one check in a monitor: when it runs, that it runs once at a time, and what is known from it. */
export class CheckRunner {
  readonly check: ResolvedCheck;
  readonly #ports: RunnerPorts;
  readonly #damper: FlapDamper;
  readonly #history: Ring<CheckResult>;
  #scheduled = false;
  #disposed = false;
  #timer: TimerHandle | undefined;
  /** Present from the request to run until its outcome is known: whoever asks meanwhile joins it. */
  #flight: Promise<void> | undefined;
  /** The run that has not settled yet; outlives its flight when it is stuck. */
  #run: CheckRun | undefined;
  #stuck = false;
  #result: CheckResult | undefined;
  #freshUntil = 0;

  constructor(check: ResolvedCheck, ports: RunnerPorts) {
    this.check = check;
    this.#ports = ports;
    this.#damper = new FlapDamper(check.failureThreshold, check.successThreshold);
    this.#history = new Ring(ports.historySize);
  }

  /** Runs after the initial delay, and from then on a period after the end of each run. */
  schedule(): void {
    if (this.#scheduled || this.#disposed) return;
    this.#scheduled = true;
    if (this.check.initialDelayMs === 0) void this.run();
    else this.#runIn(this.check.initialDelayMs);
  }

  /** Runs now, or joins the run that is under way. Resolves when its outcome is known; never rejects. */
  run(): Promise<void> {
    if (this.#disposed) return Promise.resolve();
    this.#timer?.cancel();
    this.#flight ??= this.#fly();
    return this.#flight;
  }

  report(monotonicNow: number): CheckReport {
    const stale = this.#result !== undefined && monotonicNow >= this.#freshUntil;
    return reportCheck(this.check, { result: this.#result, stale, stuck: this.#stuck });
  }

  /** The instant on the monotonic clock at which `report()` turns stale without anything else happening. */
  get freshUntil(): number {
    return this.#result === undefined ? Infinity : this.#freshUntil;
  }

  /** Oldest first. */
  history(): CheckResult[] {
    return this.#history.toArray();
  }

  /** Stops for good. Resolves when a run under way has settled; never, if it ignores its signal. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#timer?.cancel();
    this.#run?.abandon();
    try {
      this.check.definition[Symbol.dispose]?.();
    } catch {
      process.emitWarning(`health check '${this.check.name}' threw while being disposed`, 'HealthCheckWarning');
    }
    await this.#run?.settled;
  }

  async #fly(): Promise<void> {
    // The flight is on record before the check is called: a check that asks the monitor to refresh joins itself, and times out.
    await Promise.resolve();
    await this.#ports.gate.run(this.check.priority, () => this.#execute());
    this.#flight = undefined;
    if (this.#scheduled) this.#runIn(this.check.periodMs);
  }

  #runIn(delayMs: number): void {
    if (this.#disposed) return;
    const jittered = delayMs * (1 + JITTER * (2 * this.#ports.random() - 1));
    this.#timer?.cancel();
    this.#timer = this.#ports.clock.setTimer(() => void this.run(), jittered);
  }

  async #execute(): Promise<void> {
    if (this.#disposed) return;
    if (this.#run) {
      // A stuck check is not started a second time, but its failure is renewed: silence must not age into `unknown`.
      const message = `stuck: a run that timed out after ${this.check.timeoutMs} ms has not come back`;
      this.#record({ status: 'unhealthy', message, timedOut: true }, 0);
      return;
    }
    const startedAt = this.#ports.clock.monotonic();
    const run = startCheck(this.check, this.#ports.clock);
    this.#run = run;
    void run.settled.then(() => this.#onSettled());
    const outcome = await run.outcome;
    if (outcome === undefined || this.#disposed) return;
    this.#stuck = this.#run !== undefined && outcome.timedOut;
    this.#record(outcome, Math.round((this.#ports.clock.monotonic() - startedAt) * 1000) / 1000);
  }

  #onSettled(): void {
    this.#run = undefined;
    if (!this.#stuck) return;
    this.#stuck = false;
    if (!this.#disposed) this.#ports.onChange(this);
  }

  #record(outcome: RunOutcome, durationMs: number): void {
    const { clock } = this.#ports;
    const reportedStatus = this.#damper.record(outcome.status);
    const result: CheckResult = Object.freeze({ ...outcome, reportedStatus, time: clock.now(), durationMs });
    this.#result = result;
    this.#freshUntil = clock.monotonic() + STALE_AFTER_PERIODS * this.check.periodMs;
    this.#history.push(result);
    this.#ports.onChange(this);
  }
}
