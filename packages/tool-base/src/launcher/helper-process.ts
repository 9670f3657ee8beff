/** The server's end of one helper process. */

import type { ChildProcess } from 'node:child_process';
import { rm } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../clock.ts';
import { startHelper } from './start-program.ts';
import type { OutputStream, ProgramExit, ProgramSpec, ProgramStartFailure } from './program.ts';
import { encodeFrame, FRAME, FrameReader, type Frame, type Hello } from './frames.ts';
import { Heartbeat } from './heartbeat.ts';
import { killGroupsIn, signalGroup } from './process-group.ts';

const START_LIMIT_MS = 10_000;
const CLOSE_LIMIT_MS = 2000;
/** While a program runs; a helper that answers none of three pings is replaced. */
const PING_EVERY_MS = 1000;
const MAX_MISSED_PINGS = 3;
/** A program that was being started when the helper died may reach its folder only after it. */
const SECOND_SEARCH_MS = 100;
/** A hung helper that resumes within this time finds its stdin closed and ends by itself; then it is killed. */
const ABANDONED_MS = 15_000;

/** Beside this file, and compiled or not as this file is. */
const SCRIPT = fileURLToPath(
  import.meta.url.endsWith('.ts')
    ? new URL('./helper-main.ts', import.meta.url)
    : new URL('./helper-main.js', import.meta.url),
);

export interface HelperEvents {
  onOutput(run: number, stream: OutputStream, bytes: Uint8Array): void;
  onEnd(run: number, end: ProgramExit | ProgramStartFailure): void;
  /** The helper has ended and everything it had started is killed. Not called for a helper that was closed or never became ready. */
  onLost(reason: string): void;
}

export class HelperProcess {
  readonly #child: ChildProcess;
  readonly #events: HelperEvents;
  readonly #reader = new FrameReader();
  /** Process groups that the helper started and has not reported as ended. */
  readonly #groups = new Map<number, number>();
  readonly #ready: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #gone: PromiseWithResolvers<void> = Promise.withResolvers();
  readonly #heartbeat: Heartbeat = new Heartbeat({
    clock: systemClock,
    intervalMs: PING_EVERY_MS,
    maxMissed: MAX_MISSED_PINGS,
    ping: () => this.#child.stdin?.write(encodeFrame(FRAME.ping, 0, '')),
    onHung: () => this.#abandon(),
  });
  #directory: string | undefined;
  #state: 'starting' | 'ready' | 'closing' | 'gone' = 'starting';
  #abandoned = false;

  private constructor(events: HelperEvents) {
    this.#events = events;
    this.#child = startHelper(SCRIPT);
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#read(chunk));
    this.#child.stdin?.on('error', () => this.kill());
    this.#child.on('error', (error) => this.#lost(`it could not be started: ${error.message}`));
    this.#child.on('exit', (code, signal) => this.#lost(`it ended (${signal ?? `exit code ${code}`})`));
  }

  /** True from the time it was given up until it has ended. */
  get isHung(): boolean {
    return this.#abandoned && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves once the helper answers. An idle helper does not keep this process alive. */
  static async start(events: HelperEvents): Promise<HelperProcess> {
    const helper = new HelperProcess(events);
    const limit = setTimeout(() => helper.kill(), START_LIMIT_MS);
    try {
      await helper.#ready.promise;
    } finally {
      clearTimeout(limit);
    }
    helper.unref();
    return helper;
  }

  start(run: number, spec: ProgramSpec): void {
    this.#child.stdin?.write(encodeFrame(FRAME.start, run, JSON.stringify(spec)));
  }

  stop(run: number): void {
    if (this.#state === 'ready') this.#child.stdin?.write(encodeFrame(FRAME.stop, run, ''));
  }

  /** Something depends on the helper: it is pinged, and keeps this process alive. */
  ref(): void {
    if (this.#state === 'ready') this.#heartbeat.start();
    this.#child.ref();
    (this.#child.stdout as Socket | null)?.ref();
  }

  unref(): void {
    this.#heartbeat.stop();
    this.#child.unref();
    (this.#child.stdin as Socket | null)?.unref();
    (this.#child.stdout as Socket | null)?.unref();
  }

  /** Ends the helper, and with it whatever still runs. */
  async close(): Promise<void> {
    if (this.#state === 'gone') return;
    this.#state = 'closing';
    this.ref();
    this.#child.stdin?.end();
    const limit = setTimeout(() => this.kill(), CLOSE_LIMIT_MS);
    await this.#gone.promise;
    clearTimeout(limit);
  }

  #read(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.push(chunk)) this.#receive(frame);
    } catch {
      this.kill();
    }
  }

  #receive({ type, run, payload }: Frame): void {
    this.#heartbeat.answered();
    switch (type) {
      case FRAME.pong:
        return;
      case FRAME.ready:
        this.#directory = (JSON.parse(payload.toString()) as Hello).directory;
        this.#state = 'ready';
        this.#ready.resolve();
        return;
      case FRAME.started:
        this.#groups.set(run, payload.readUInt32BE());
        return;
      case FRAME.stdout:
      case FRAME.stderr:
        this.#events.onOutput(run, type === FRAME.stdout ? 'stdout' : 'stderr', payload);
        return;
      case FRAME.ended:
        this.#groups.delete(run);
        this.#events.onEnd(run, JSON.parse(payload.toString()) as ProgramExit | ProgramStartFailure);
        return;
      default:
        throw new RangeError(`There is no frame of type ${type}.`);
    }
  }

  /** No effect on a helper that has ended. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** Gives up a helper that does not answer: its programs are killed now, and it can start no more. */
  #abandon(): void {
    const timer = setTimeout(() => this.kill(), ABANDONED_MS).unref();
    this.#child.once('exit', () => clearTimeout(timer));
    this.#abandoned = true;
    this.#lost('it did not answer');
    this.#child.unref();
  }

  /** Cleans up what the helper no longer can. */
  #lost(reason: string): void {
    if (this.#state === 'gone') return;
    const before = this.#state;
    this.#state = 'gone';
    this.#heartbeat.stop();
    for (const group of this.#groups.values()) signalGroup(group, 'SIGKILL');
    // The helper may have died between the start of a program and its report.
    if (this.#directory !== undefined) killGroupsIn(this.#directory);
    this.#child.stdin?.destroy();
    this.#child.stdout?.destroy();
    this.#cleanUp(this.#directory);
    this.#gone.resolve();
    if (before === 'starting') this.#ready.reject(new Error(`The launcher's helper did not start: ${reason}`));
    else if (before === 'ready') this.#events.onLost(reason);
  }

  #cleanUp(directory: string | undefined): void {
    if (directory === undefined) return;
    systemClock.setTimer(SECOND_SEARCH_MS, () => {
      killGroupsIn(directory);
      void rm(directory, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
    });
  }
}
