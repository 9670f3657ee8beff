import { systemClock } from '../clock.ts';
import type {
  Conversation,
  ConversationOptions,
  ConversationSpec,
  Launcher,
  LauncherOptions,
  ProgramExit,
  ProgramSpec,
  ProgramStartFailure,
  RunOptions,
} from './program.ts';
import { ToolError } from '../result/tool-error.ts';
import { cancelledBeforeStart, isStdinTooLong } from './direct-launcher.ts';
import { withoutSecrets } from './secret-filter.ts';
import { HelperProcess, type HelperEvents } from './helper-process.ts';
import { HelperRestart } from './helper-restart.ts';
import { OpenConversation, programOf } from './open-conversation.ts';
import { ReadyGate } from './ready-gate.ts';
import { helperLost, runLost, refusalOutsideSandbox, tooManyPrograms } from './launcher-refusals.ts';

const CLOSING_SPARE_MS = 1500;

interface Run {
  readonly graceMs: number;
  readonly output: RunOptions['onOutput'];
  readonly end: (end: ProgramExit | ProgramStartFailure) => void;
  readonly fail: (error: ToolError) => void;
  readonly stdinRead?: (bytes: number) => void;
}

export interface HelperLauncherOptions extends LauncherOptions {
  readonly maxPrograms: number;
  /** Called once the first helper is ready; the result is disposed of with the launcher. */
  readonly startCleanUp?: () => AsyncDisposable;
  /** Starts one helper. @default beside the server, without a sandbox */
  readonly start?: (events: HelperEvents) => Promise<HelperProcess>;
}

export class HelperLauncher implements Launcher {
  readonly #maxPrograms: number;
  readonly #start: (events: HelperEvents) => Promise<HelperProcess>;
  readonly #startCleanUp: (() => AsyncDisposable) | undefined;
  readonly #onChange: NonNullable<LauncherOptions['onChange']>;
  readonly #runs = new Map<number, Run>();
  #helper: HelperProcess | undefined;
  #cleanUp: AsyncDisposable | undefined;
  /** The helper before the current one; killed, but the kernel may not have ended it yet. */
  #lostHelper: HelperProcess | undefined;
  readonly #restart = new HelperRestart();
  readonly #ready = new ReadyGate();
  #nextRun = 1;
  #closing = false;
  #idle: (() => void)[] = [];

  constructor({ maxPrograms, onChange, startCleanUp, start }: HelperLauncherOptions) {
    this.#maxPrograms = maxPrograms;
    this.#startCleanUp = startCleanUp;
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

  /** @throws {Error} when the helper does not start */
  async startHelper(): Promise<void> {
    const startedMs = systemClock.monotonicMs();
    const helper = await this.#start({
      onOutput: (run, stream, bytes) => this.#runs.get(run)?.output(stream, bytes),
      onEnd: (run, end) => this.#runs.get(run)?.end(end),
      onStdinRead: (run, bytes) => this.#runs.get(run)?.stdinRead?.(bytes),
      onLost: (reason) => {
        if (this.#helper !== helper) return;
        this.#lostHelper = helper;
        this.#restart.lost(systemClock.monotonicMs() - startedMs);
        this.#lost(reason);
      },
      onAnswersAgain: () => this.#ready.open(),
    });
    this.#helper = helper;
    this.#ready.open();
    if (this.#closing) return helper.close();
    this.#cleanUp ??= this.#startCleanUp?.();
  }

  run(spec: ProgramSpec, options: RunOptions): Promise<ProgramExit | ProgramStartFailure> {
    return this.#isReady
      ? this.#run(spec, options)
      : this.#ready.wait(options.signal).then(() => this.#run(spec, options));
  }

  /** False while a helper is started again, or does not answer now; a run that would be rejected in any case need not wait. */
  get #isReady(): boolean {
    return this.#closing || this.#helper?.heartbeat.isLate === false;
  }

  #run(spec: ProgramSpec, options: RunOptions): Promise<ProgramExit | ProgramStartFailure> {
    if (options.signal?.aborted === true && !this.#closing) return Promise.resolve(cancelledBeforeStart());
    if (isStdinTooLong(spec)) return Promise.resolve({ started: false, code: 'E2BIG' });
    const helper = this.#helperFor(spec);
    if (helper instanceof ToolError) return Promise.reject(helper);
    const id = this.#newRun();
    return new Promise((resolve, reject) => {
      const stop = (): void => helper.stop(id);
      const over = (): void => {
        options.signal?.removeEventListener('abort', stop);
        this.#forget(id);
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

  async open(spec: ConversationSpec, options: ConversationOptions): Promise<Conversation> {
    if (!this.#isReady) await this.#ready.wait(undefined);
    const helper = this.#helperFor(spec);
    if (helper instanceof ToolError) throw helper;
    const id = this.#newRun();
    const conversation = new OpenConversation(spec, options, {
      write: (bytes) => helper.write(id, bytes),
      endStdin: () => helper.endStdin(id),
      stop: () => helper.stop(id),
    });
    const over = (end: ProgramExit | ProgramStartFailure): void => {
      this.#forget(id);
      conversation.over(end);
    };
    this.#runs.set(id, {
      graceMs: spec.graceMs,
      output: (stream, bytes) => conversation.received(stream, bytes),
      end: over,
      // A lost helper has been killed with everything that it had started.
      fail: () => over({ started: true, exitCode: null, signal: 'SIGKILL', truncated: false, outputBytes: 0 }),
      stdinRead: (bytes) => conversation.hasRead(bytes),
    });
    if (this.#runs.size === 1) helper.ref();
    helper.start(id, programOf(spec), true);
    return conversation;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    this.#restart.cancel();
    this.#ready.open();
    const grace = Math.max(0, ...[...this.#runs.values()].map((run) => run.graceMs));
    for (const id of this.#runs.keys()) this.#helper?.stop(id);
    if (this.#runs.size > 0) await this.#settled(grace + CLOSING_SPARE_MS);
    await this.#helper?.close();
    this.#helper = undefined;
    await this.#cleanUp?.[Symbol.asyncDispose]();
  }

  /** @returns the reason where nothing can be started */
  #helperFor(spec: Pick<ProgramSpec, 'sandbox'>): HelperProcess | ToolError {
    if (this.#closing) return new ToolError('cancelled', 'The server is shutting down.');
    const refusal = refusalOutsideSandbox(spec);
    if (refusal !== undefined) return refusal;
    if (this.#helper === undefined) return helperLost(this.#restart.waitMs);
    return this.#runs.size >= this.#maxPrograms ? tooManyPrograms(this.#maxPrograms) : this.#helper;
  }

  #newRun(): number {
    const id = this.#nextRun;
    this.#nextRun = (this.#nextRun % 0xffff_ffff) + 1;
    return id;
  }

  #forget(id: number): void {
    this.#runs.delete(id);
    if (this.#runs.size === 0) this.#becomeIdle();
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
    for (const run of this.#runs.values()) run.fail(runLost());
    if (this.#closing) return;
    this.#onChange({ state: 'lost', reason });
    this.#restartLater();
  }

  /** After a first start that failed. */
  tryAgain(): void {
    if (!this.#closing) this.#restartLater();
  }

  #restartLater(): void {
    const failed = (error: unknown): void => {
      // Waiting runs are rejected: this helper may never start.
      this.#ready.open();
      this.#onChange({ state: 'lost', reason: String(error) });
      if (!this.#closing) this.#restartLater();
    };
    this.#restart.schedule(() => {
      this.startHelper().then(() => this.#onChange({ state: 'ready', reason: 'started again' }), failed);
    });
  }
}
