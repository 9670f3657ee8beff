/**
 * Keeps the workers of a server running:
 *
 *   start the first, then the others -> start again what has died -> five deaths in a minute: report that it does not help
 *
 * The first starts alone, so that what it creates (key files, databases) is there for the others.
 */
import type { Clock } from '../foundation/clock.ts';
import type { Channel } from '../worker-channel/channel.ts';

/** A running worker. */
export interface WorkerProcess {
  readonly pid: number | undefined;
  readonly channel: Channel;
  /** Has it get no further connections; resolves when those that wait are with a worker. */
  sendWaiting(): Promise<void>;
  kill(): void;
  onExit(listener: (code: number | null) => void): void;
}

/** What a worker reports when it serves; the values of a started server as plain data. */
export type StartReport = Readonly<Record<string, unknown>>;

export interface SupervisorOptions {
  readonly count: number;
  /** @param number from 1 to `count`; a worker that replaces another has its number */
  readonly fork: (number: number) => WorkerProcess;
  /** Answers the worker; disposed when it has ended. */
  readonly serve: (worker: WorkerProcess, number: number) => Disposable;
  readonly onDied: (number: number, code: number | null) => void;
  readonly clock: Clock;
}

/** The exit code of a worker that cannot start, for example because its port is in use; it has said why. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('a worker could not start');
    this.exitCode = exitCode;
  }
}

const MAX_DEATHS = 5;
const DEATHS_WINDOW_MS = 60_000;
/** Doubles with each death, up to 0.8 s: the next death is one too many. */
const MIN_PAUSE_MS = 100;

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #running = new Map<number, WorkerProcess>();
  readonly #failing = Promise.withResolvers<void>();
  #deathsMs: number[] = [];
  #restarts = 0;
  #isStarted = false;
  #isStopping = false;
  #onEmpty: () => void = () => {};

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** By number. */
  get running(): readonly WorkerProcess[] {
    return [...this.#running].toSorted(([one], [other]) => one - other).map(([, worker]) => worker);
  }

  /** Workers that were started in place of one that ended. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Resolves when workers die as soon as they are started again. */
  get failing(): Promise<void> {
    return this.#failing.promise;
  }

  /**
   * @returns the report of the first worker, when all serve
   * @throws {WorkerStartError} when one does not
   */
  async start(): Promise<StartReport> {
    const first = await this.#launch(1);
    const others = Array.from({ length: this.#options.count - 1 }, (_, index) => this.#launch(index + 2));
    await Promise.all(others);
    this.#isStarted = true;
    return first;
  }

  /** Asks every worker at once; one that does not answer is left out. */
  async askAll<T>(name: string, timeoutMs: number): Promise<T[]> {
    const answers = this.running.map(({ channel }) => channel.ask<T>(name, [], timeoutMs).catch(() => undefined));
    return (await Promise.all(answers)).filter((answer) => answer !== undefined);
  }

  /** Tells every worker to stop, and resolves when all have ended; those that have not after `timeoutMs` are killed. */
  async stop(announce: boolean, timeoutMs: number): Promise<void> {
    this.#isStopping = true;
    const empty = new Promise<void>((resolve) => (this.#onEmpty = resolve));
    for (const { channel } of this.running) channel.tell('stop', announce);
    using _force = this.#options.clock.setTimer(timeoutMs, () => {
      for (const worker of this.running) worker.kill();
    });
    if (this.#running.size > 0) await empty;
  }

  #launch(number: number): Promise<StartReport> {
    const { fork, serve } = this.#options;
    const worker = fork(number);
    this.#running.set(number, worker);
    const serving = serve(worker, number);
    return new Promise((resolve, reject) => {
      let hasServed = this.#isStarted;
      worker.channel.on('started', (report: StartReport) => {
        hasServed = true;
        resolve(report);
        // Before that it did not listen: what was sent to it is lost.
        if (this.#isStopping) worker.channel.tell('stop', false);
      });
      worker.onExit((code) => {
        this.#running.delete(number);
        worker.channel[Symbol.dispose]();
        serving[Symbol.dispose]();
        reject(new WorkerStartError(code ?? 70));
        if (this.#isStopping && this.#running.size === 0) this.#onEmpty();
        if (hasServed && !this.#isStopping) this.#replace(number, code);
      });
    });
  }

  #replace(number: number, code: number | null): void {
    const { clock, onDied } = this.#options;
    const nowMs = clock.monotonicMs();
    // Somebody asked it to stop, which is no fault.
    if (code !== 0) this.#deathsMs.push(nowMs);
    this.#deathsMs = this.#deathsMs.filter((diedMs) => nowMs - diedMs < DEATHS_WINDOW_MS);
    onDied(number, code);
    if (this.#deathsMs.length >= MAX_DEATHS) return this.#failing.resolve();
    clock.setTimer(MIN_PAUSE_MS * 2 ** Math.max(0, this.#deathsMs.length - 1), () => {
      if (this.#isStopping) return;
      this.#restarts += 1;
      // Its end is handled like that of any other.
      this.#launch(number).catch(() => {});
    });
  }
}
