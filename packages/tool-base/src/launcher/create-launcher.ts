import { systemClock } from '../clock.ts';
import type { Launcher, ProgramExit, ProgramSpec, ProgramStartFailure, RunOptions } from './program.ts';
import { ToolError } from '../result/tool-error.ts';
import { cancelledBeforeStart, isStdinTooLong } from './direct-launcher.ts';
import { withoutSecrets } from './secret-filter.ts';
import { HelperProcess, type HelperEvents } from './helper-process.ts';
import { refusalOutsideSandbox } from './refusal-outside-sandbox.ts';

export interface LauncherOptions {
  /** Programs at the same time; a run beyond is refused. 1 to 10 000. @default 256 */
  readonly maxPrograms?: number;
  /** Called when the helper process was lost and when a new one is ready, for logs. */
  readonly onChange?: (event: { readonly state: 'lost' | 'ready'; readonly reason: string }) => void;
}

const FIRST_RESTART_MS = 100;
const MAX_RESTART_MS = 5000;
/** A helper that lived this long starts the count of restarts anew. */
const STABLE_MS = 10_000;
const CLOSING_SPARE_MS = 1500;

/**
 * Starts the helper process that starts the programs. Call it first thing, while this process is small: starting a program copies
 * the page tables of whoever starts it. The helper ends with the server, and with it every program, even after `kill -9`.
 * Dispose of it (`await using`) at shutdown: programs get their grace period, then they are killed.
 */
export async function createLauncher(options: LauncherOptions = {}): Promise<Launcher> {
  const maxPrograms = options.maxPrograms ?? 256;
  if (!Number.isSafeInteger(maxPrograms) || maxPrograms < 1 || maxPrograms > 10_000) {
    throw new RangeError(`maxPrograms must be a whole number from 1 to 10000, not ${String(maxPrograms)}.`);
  }
  const launcher = new HelperLauncher({ ...options, maxPrograms });
  await launcher.open();
  return launcher;
}

interface Run {
  readonly graceMs: number;
  readonly output: RunOptions['onOutput'];
  readonly end: (end: ProgramExit | ProgramStartFailure) => void;
  readonly fail: (error: unknown) => void;
}

export interface HelperLauncherOptions extends LauncherOptions {
  readonly maxPrograms: number;
  /** Starts one helper. @default beside the server, without a sandbox */
  readonly start?: (events: HelperEvents) => Promise<HelperProcess>;
}

export class HelperLauncher implements Launcher {
  readonly #maxPrograms: number;
  readonly #start: (events: HelperEvents) => Promise<HelperProcess>;
  readonly #onChange: NonNullable<LauncherOptions['onChange']>;
  readonly #runs = new Map<number, Run>();
  #helper: HelperProcess | undefined;
  /** The helper before the current one; killed, but the kernel may not have ended it yet. */
  #lostHelper: HelperProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #restartMs = FIRST_RESTART_MS;
  #nextRun = 1;
  #closing = false;
  #idle: (() => void)[] = [];

  constructor({ maxPrograms, onChange, start }: HelperLauncherOptions) {
    this.#maxPrograms = maxPrograms;
    this.#onChange = onChange ?? ((): void => undefined);
    this.#start = start ?? ((events) => HelperProcess.start(events));
  }

  get running(): number {
    return this.#runs.size;
  }

  get problem(): string | undefined {
    if (this.#helper === undefined) return 'The process that starts programs is being restarted.';
    return this.#lostHelper?.isStuck === true
      ? 'The process that starts programs was replaced; the old one has been killed and has not ended yet.'
      : undefined;
  }

  async open(): Promise<void> {
    const startedMs = systemClock.monotonicMs();
    const helper = await this.#start({
      onOutput: (run, stream, bytes) => this.#runs.get(run)?.output(stream, bytes),
      onEnd: (run, end) => this.#runs.get(run)?.end(end),
      onLost: (reason) => {
        if (this.#helper !== helper) return;
        this.#lostHelper = helper;
        if (systemClock.monotonicMs() - startedMs > STABLE_MS) this.#restartMs = FIRST_RESTART_MS;
        this.#lost(reason);
      },
    });
    this.#helper = helper;
    if (this.#closing) await helper.close();
  }

  run(spec: ProgramSpec, options: RunOptions): Promise<ProgramExit | ProgramStartFailure> {
    const helper = this.#helper;
    if (this.#closing) return Promise.reject(new ToolError('cancelled', 'The server is shutting down.'));
    if (options.signal?.aborted === true) return Promise.resolve(cancelledBeforeStart());
    if (isStdinTooLong(spec)) return Promise.resolve({ started: false, code: 'E2BIG' });
    const refusal = refusalOutsideSandbox(spec);
    if (refusal !== undefined) return Promise.reject(refusal);
    if (helper === undefined) return Promise.reject(helperLost(this.#restartMs));
    if (this.#runs.size >= this.#maxPrograms) return Promise.reject(tooMany(this.#maxPrograms));
    const id = this.#nextRun;
    this.#nextRun = (this.#nextRun % 0xffff_ffff) + 1;
    return new Promise((resolve, reject) => {
      const stop = (): void => helper.stop(id);
      const over = (): void => {
        this.#runs.delete(id);
        options.signal?.removeEventListener('abort', stop);
        if (this.#runs.size === 0) this.#becomeIdle();
      };
      const filtered = withoutSecrets(spec, options.onOutput);
      let failure: { readonly error: unknown } | undefined;
      this.#runs.set(id, {
        graceMs: spec.graceMs,
        output(stream, bytes) {
          try {
            if (failure === undefined) filtered.write(stream, bytes);
          } catch (error) {
            failure = { error };
            stop();
          }
        },
        end(end) {
          over();
          try {
            if (failure !== undefined) throw failure.error;
            filtered.end(end.started && (end.truncated || end.signal !== null));
            resolve(end);
          } catch (error) {
            reject(error);
          }
        },
        fail(error) {
          over();
          reject(error);
        },
      });
      options.signal?.addEventListener('abort', stop, { once: true });
      if (this.#runs.size === 1) helper.ref();
      helper.start(id, spec);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    clearTimeout(this.#restart);
    const grace = Math.max(0, ...[...this.#runs.values()].map((run) => run.graceMs));
    for (const id of this.#runs.keys()) this.#helper?.stop(id);
    if (this.#runs.size > 0) await this.#settled(grace + CLOSING_SPARE_MS);
    await this.#helper?.close();
    this.#helper = undefined;
  }

  #settled(limitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const limit = setTimeout(resolve, limitMs);
      this.#idle.push(() => {
        clearTimeout(limit);
        resolve();
      });
    });
  }

  #becomeIdle(): void {
    this.#helper?.unref();
    for (const wake of this.#idle.splice(0)) wake();
  }

  #lost(reason: string): void {
    this.#helper = undefined;
    for (const run of this.#runs.values()) run.fail(helperLost(this.#restartMs));
    if (this.#closing) return;
    this.#onChange({ state: 'lost', reason });
    this.#restartLater();
  }

  /** After a first start that failed. */
  tryAgain(): void {
    if (!this.#closing) this.#restartLater();
  }

  #restartLater(): void {
    this.#restart = setTimeout(() => {
      this.open().then(
        () => this.#onChange({ state: 'ready', reason: 'started again' }),
        (error: unknown) => {
          this.#onChange({ state: 'lost', reason: String(error) });
          if (!this.#closing) this.#restartLater();
        },
      );
    }, this.#restartMs);
    this.#restart.unref();
    this.#restartMs = Math.min(this.#restartMs * 2, MAX_RESTART_MS);
  }
}

function helperLost(retryAfterMs: number): ToolError {
  return new ToolError('unavailable', 'The process that starts programs is being started again.', {
    retryAfterMs,
    suggestion: 'Call again in a few seconds.',
    // The server failed here, not the program.
    neutral: true,
  });
}

function tooMany(maxPrograms: number): ToolError {
  return new ToolError('resource_exhausted', `The server already runs ${maxPrograms} programs.`, {
    retryAfterMs: 1000,
  });
}
