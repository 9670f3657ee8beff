/**
 * The server's end of one helper process. A program may have taken the helper over, so nothing that it sends names a file to
 * remove, a process to signal, or a run that this side did not start.
 */

import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { systemClock, type Clock } from '../clock.ts';
import type { ProgramSpec } from './program.ts';
import { encodeBytes, encodeFrame, FRAME, FrameReader, type Frame, type StartRequest } from './frames.ts';
import { endFirst } from './end-first.ts';
import { giveSecrets } from './give-secrets.ts';
import { Heartbeat } from './heartbeat.ts';
import { HelperRuns, type RunEvents } from './helper-runs.ts';
import { PrivateDirectories } from './folders/private-directory.ts';
import type { SelfTestFacts } from '../sandbox/self-test.ts';
import { startConfinedHelper, type HelperConfinement } from './start-confined-helper.ts';
import { innermostProcess, readProcess } from './processes/process-table.ts';
import { watchStarvation } from './starvation.ts';

/** It takes a tenth of a second, and on an overloaded machine more than ten. */
const START_LIMIT_MS = 30_000;
const CLOSE_LIMIT_MS = 2000;
/** Also while no program runs; a helper that answers none of three pings is replaced, within two seconds. */
const PING_EVERY_MS = 400;
const MAX_MISSED_PINGS = 3;
/** For a helper that gets no processor time to answer. */
const MAX_UNANSWERED_PINGS = 25;
/** More frames of runs that do not exist than any mistake of ours would send. */
const MAX_UNEXPECTED_FRAMES = 100;
/** A program that was being started when the helper died may get its environment only after it. */
const SECOND_SEARCH_MS = 100;
/** Characters that are kept of what is written before the helper answers. */
const MAX_SETUP_ERROR = 2000;

/** An idle helper does not keep this process alive. */
const IDLE_CLOCK: Clock = { ...systemClock, setTimer: (ms, fn) => setTimeout(fn, ms).unref() };

export interface HelperEvents extends RunEvents {
  /** The helper and everything it had started is killed. Not called for a helper that was closed or never became ready. */
  onLost(reason: string): void;
  /** It answers after it was late; see {@link HelperProcess.heartbeat}. */
  onAnswersAgain?(): void;
}

export class HelperProcess {
  readonly #child: ChildProcess;
  /** As the kernel counts it; `undefined` where it could not be started. */
  readonly #startTime: string | undefined;
  readonly #events: HelperEvents;
  readonly #reader = new FrameReader();
  readonly #directories: PrivateDirectories;
  readonly #runs: HelperRuns;
  readonly #ready: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #gone: PromiseWithResolvers<void> = Promise.withResolvers();
  /** Late while the helper has not answered for a moment: it may work again, or be given up soon. */
  readonly heartbeat: Heartbeat;
  #couldAnswer: () => boolean = () => true;
  #state: 'starting' | 'ready' | 'closing' | 'gone' = 'starting';
  /** What the program that makes the sandbox wrote before the helper answered. */
  #setupError = '';
  #facts: SelfTestFacts | undefined;

  private constructor(events: HelperEvents, sandbox: HelperConfinement | undefined) {
    this.#events = events;
    this.#directories = new PrivateDirectories(sandbox?.user);
    this.#runs = new HelperRuns(events, (directory) => this.#directories.remove(directory));
    this.#child = startConfinedHelper(this.#directories.path, sandbox);
    this.#startTime = readProcess(this.#child.pid ?? 0)?.startTime;
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      if (sandbox === undefined) process.stderr.write(chunk);
      else if (this.#state === 'starting' && this.#setupError.length < MAX_SETUP_ERROR) {
        this.#setupError += chunk.toString();
      }
    });
    this.heartbeat = new Heartbeat({
      clock: IDLE_CLOCK,
      intervalMs: PING_EVERY_MS,
      maxMissed: MAX_MISSED_PINGS,
      maxUnanswered: MAX_UNANSWERED_PINGS,
      ping: () => this.#child.stdin?.write(encodeFrame(FRAME.ping, 0, '')),
      couldAnswer: () => this.#couldAnswer(),
      onAnswersAgain: () => events.onAnswersAgain?.(),
      onHung: () => this.#lost('it did not answer'),
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#child.stdin?.on('error', () => this.#lost('it closed its input'));
    this.#child.on('error', (error) => this.#lost(`it could not be started: ${error.message}`));
    this.#child.on('exit', (code, signal) => {
      const reason = `it ended (${signal ?? `exit code ${code}`})`;
      // Why a sandbox could not be set up may still be on its way.
      if (this.#state === 'starting' && this.#child.stderr) this.#child.once('close', () => this.#lost(reason));
      else this.#lost(reason);
    });
  }

  /** What the helper found out about its sandbox; `undefined` where there is none. */
  get facts(): SelfTestFacts | undefined {
    return this.#facts;
  }

  /** Given up and killed, and still there: the kernel has not ended it yet. */
  get isStuck(): boolean {
    return this.#state === 'gone' && this.#isAlive;
  }

  /** Resolves once the helper answers. */
  static async start(events: HelperEvents, sandbox?: HelperConfinement): Promise<HelperProcess> {
    const helper = new HelperProcess(events, sandbox);
    const limit = setTimeout(() => helper.#lost('it did not answer'), START_LIMIT_MS);
    try {
      await helper.#ready.promise;
    } finally {
      clearTimeout(limit);
    }
    helper.unref();
    return helper;
  }

  /** The private folder is made here. A full disk fails this run, not the helper. */
  start(run: number, { stdin, ...program }: ProgramSpec, isConversation = false): void {
    try {
      const directory = this.#directories.create();
      this.#runs.add(run, directory, program.maxOutputBytes);
      const spec = giveSecrets(program, (name, content) => this.#directories.writeFile(directory, name, content));
      const hasStdin = isConversation || stdin !== undefined;
      const request: StartRequest = { spec, directory, hasStdin, isConversation };
      this.#child.stdin?.write(encodeFrame(FRAME.start, run, JSON.stringify(request)));
    } catch (error) {
      const { code = 'UNKNOWN' } = error as NodeJS.ErrnoException;
      this.#events.onEnd(run, { started: false, code: `DIRECTORY_${code}` });
      return;
    }
    if (stdin === undefined) return;
    if (stdin.length > 0) this.write(run, stdin);
    this.endStdin(run);
  }

  write(run: number, stdin: Uint8Array): void {
    // In one write to the system, which is most of what a message costs, and wakes the helper once.
    if (this.#state === 'ready') this.#child.stdin?.write(encodeBytes(FRAME.stdin, run, stdin));
  }

  endStdin(run: number): void {
    if (this.#state === 'ready') this.#child.stdin?.write(encodeFrame(FRAME.stdinEnd, run, ''));
  }

  stop(run: number): void {
    if (this.#state === 'ready') this.#child.stdin?.write(encodeFrame(FRAME.stop, run, ''));
  }

  /** Something depends on the helper, so it keeps this process alive. */
  ref(): void {
    this.#child.ref();
    (this.#child.stdout as Socket | null)?.ref();
  }

  unref(): void {
    this.#child.unref();
    (this.#child.stdin as Socket | null)?.unref();
    (this.#child.stdout as Socket | null)?.unref();
    (this.#child.stderr as Socket | null)?.unref();
  }

  /** Ends the helper, and with it whatever still runs. */
  async close(): Promise<void> {
    if (this.#state === 'gone') return;
    this.#state = 'closing';
    this.heartbeat.stop();
    this.ref();
    this.#child.stdin?.end();
    const limit = setTimeout(() => this.#lost('it did not end'), CLOSE_LIMIT_MS);
    await this.#gone.promise;
    clearTimeout(limit);
  }

  get #isAlive(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  #read(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.push(chunk)) {
        if (this.#state === 'gone') return;
        this.#receive(frame);
      }
    } catch {
      this.#lost('it sent what is not of the protocol');
    }
  }

  #receive(frame: Frame): void {
    const { type, payload } = frame;
    this.heartbeat.answered();
    if (type === FRAME.pong) return;
    if (type === FRAME.ready && this.#state === 'starting') {
      this.#state = 'ready';
      if (payload.length > 0) this.#facts = JSON.parse(payload.toString()) as SelfTestFacts;
      const helper = innermostProcess(this.#child.pid);
      endFirst(helper);
      this.#couldAnswer = watchStarvation(helper, systemClock);
      this.heartbeat.start();
      this.#ready.resolve();
      return;
    }
    this.#runs.receive(frame, this.#child.pid);
    if (this.#runs.unexpectedFrames > MAX_UNEXPECTED_FRAMES) {
      this.#lost(`it sent more than ${MAX_UNEXPECTED_FRAMES} frames of runs that do not exist`);
    }
  }

  /** Ends the helper, if it has not ended, and every program that it started. */
  #lost(reason: string): void {
    if (this.#state === 'gone') return;
    const before = this.#state;
    this.#state = 'gone';
    this.heartbeat.stop();
    // Stopped, it starts nothing more while its programs are looked for below it.
    if (this.#isAlive) this.#child.kill('SIGSTOP');
    this.#killPrograms();
    this.#child.kill('SIGKILL');
    this.#child.stdin?.destroy();
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
    this.#child.unref();
    systemClock.setTimer(SECOND_SEARCH_MS, () => {
      this.#killPrograms();
      void this.#directories.removeAll();
    });
    this.#gone.resolve();
    if (before === 'starting') this.#ready.reject(new Error(this.#startFailure(reason)));
    else if (before === 'ready') this.#events.onLost(reason);
  }

  #startFailure(reason: string): string {
    const [setupError = ''] = this.#setupError.split('\n', 1);
    return setupError === '' ? `The launcher's helper did not start: ${reason}` : `${setupError} (${reason})`;
  }

  #killPrograms(): void {
    const starter = this.#isAlive ? this.#child.pid : undefined;
    this.#runs.killAll({ starter, since: this.#startTime, directory: this.#directories.path });
  }
}
