/**
 * The launcher's helper: a small process of its own that starts programs and streams their output back. It is a script, run by
 * `createLauncher()`, and imports nothing but Node and this package's process code, so it stays small and forks fast.
 *
 * The server keeps the helper's stdin open for as long as it lives, so an end of file means that the server has ended, in
 * whatever way, and every process group is killed at once.
 */

import { closeSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { isAbsolute } from 'node:path';
import { systemClock } from '../clock.ts';
import {
  encodeBytes,
  encodeFrame,
  encodeNumber,
  FRAME,
  FrameReader,
  READ_STEP,
  type Frame,
  type StartRequest,
} from './frames.ts';
import { killOrphanPrograms } from './processes/orphan-programs.ts';
import { readProcess } from './processes/process-table.ts';
import type { ProgramTraces } from './processes/program-traces.ts';
import { RunningProgram } from './running-program.ts';
import { killStrays } from './processes/stray-programs.ts';
import type { SelfTestFacts, SelfTestPlan } from '../sandbox/self-test.ts';

const CLOSE_ON_EXEC = 0o2000000;
/** Bytes that wait for the server; beyond them conversations are not read. */
const MAX_WAITING_BYTES = 2 ** 20;
/** Far below the time after which the server replaces a silent helper. */
const MAX_SILENCE_MS = 100;
/** Between the end of a program and the search for what has left its session. */
const SEARCH_AFTER_MS = 1000;

/** Descriptors that this process inherited without close-on-exec would reach every program. */
function closeStrayDescriptors(): void {
  if (process.platform !== 'linux') return;
  for (const name of readdirSync('/proc/self/fd')) {
    try {
      const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, 'latin1'))?.[1];
      if (Number(name) > 2 && flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0) {
        closeSync(Number(name));
      }
    } catch {
      // The descriptor of the listing itself is gone by now.
    }
  }
}

class Helper {
  readonly #programs = new Map<number, RunningProgram>();
  /** Bytes that the program has read and that are not reported yet. */
  readonly #conversations = new Map<number, number>();
  readonly #server: Socket;
  /** Folder of the private folders. The server made it and removes it, unless it is killed. */
  readonly #directory: string;
  /** No process is in sight but those of its programs. */
  readonly #ownsProcesses: boolean;
  #corkedAtMs: number | undefined;
  #willSearch = false;

  /** @param facts of the self-test; none where there is no sandbox */
  constructor(server: Socket, directory: string, facts: SelfTestFacts | undefined) {
    this.#server = server;
    this.#directory = directory;
    this.#ownsProcesses = facts?.ownProcesses === true;
    server.on('drain', () => {
      for (const run of this.#conversations.keys()) this.#programs.get(run)?.resume();
    });
    this.#send(encodeFrame(FRAME.ready, 0, facts === undefined ? '' : JSON.stringify(facts)));
  }

  receive({ type, run, payload }: Frame): void {
    if (type === FRAME.start) this.#start(run, JSON.parse(payload.toString()) as StartRequest);
    else if (type === FRAME.stop) this.#programs.get(run)?.stop();
    else if (type === FRAME.stdin) this.#write(run, payload);
    else if (type === FRAME.stdinEnd) this.#programs.get(run)?.endStdin();
    else if (type === FRAME.ping) this.#send(encodeFrame(FRAME.pong, 0, ''));
  }

  #write(run: number, bytes: Buffer): void {
    this.#programs.get(run)?.write(bytes, () => this.#hasRead(run, bytes.length));
  }

  #hasRead(run: number, bytes: number): void {
    const before = this.#conversations.get(run);
    if (before === undefined) return;
    const read = before + bytes;
    this.#conversations.set(run, read < READ_STEP ? read : 0);
    if (read >= READ_STEP) this.#send(encodeNumber(FRAME.stdinRead, run, read));
  }

  /** The server has ended: no program may outlive it. */
  end(exitCode = 0): never {
    for (const program of this.#programs.values()) program.kill();
    killOrphanPrograms({ ...this.#traces, starter: process.pid });
    try {
      rmSync(this.#directory, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // A killed program may still have been writing; the folder is private and empty but for that.
    }
    process.exit(exitCode);
  }

  #start(run: number, { spec, ...place }: StartRequest): void {
    const { isConversation } = place;
    const program = RunningProgram.start(spec, place, {
      onOutput: (stream, bytes) => {
        this.#send(encodeBytes(stream === 'stdout' ? FRAME.stdout : FRAME.stderr, run, bytes));
        if (isConversation && this.#server.writableLength > MAX_WAITING_BYTES) this.#programs.get(run)?.pause();
      },
      onEnd: (end) => {
        this.#programs.delete(run);
        this.#conversations.delete(run);
        if (this.#ownsProcesses) killStrays([...this.#programs.values()]);
        else this.#searchLater();
        this.#send(encodeFrame(FRAME.ended, run, JSON.stringify(end)));
      },
    });
    if (program === undefined) return;
    this.#programs.set(run, program);
    if (isConversation) this.#conversations.set(run, 0);
    if (program.pid !== undefined) this.#send(encodeNumber(FRAME.started, run, program.pid));
  }

  get #traces(): ProgramTraces {
    const since = readProcess(process.pid)?.startTime;
    return { starter: undefined, since, leaders: new Map(), directory: this.#directory };
  }

  /** For what has left the session of a program that has ended. It reads what the kernel says of every process, so it is rare. */
  #searchLater(): void {
    if (this.#willSearch) return;
    this.#willSearch = true;
    setTimeout(() => {
      this.#willSearch = false;
      const live = new Set([...this.#programs.values()].map(({ directory }) => directory));
      killOrphanPrograms({ ...this.#traces, live });
    }, SEARCH_AFTER_MS).unref();
  }

  /** Frames of one event-loop iteration are sent in one write, unless it takes so long that the server would think this process hung. */
  #send(bytes: Uint8Array): void {
    if (this.#corkedAtMs === undefined) {
      this.#corkedAtMs = systemClock.monotonicMs();
      this.#server.cork();
      setImmediate(() => this.#flush());
    }
    this.#server.write(bytes);
    if (systemClock.monotonicMs() - this.#corkedAtMs > MAX_SILENCE_MS) this.#flush();
  }

  #flush(): void {
    if (this.#corkedAtMs === undefined) return;
    this.#corkedAtMs = undefined;
    this.#server.uncork();
  }
}

/** @param plan JSON `SelfTestPlan` */
async function testSandbox(plan: string): Promise<SelfTestFacts> {
  const { selfTest } = await import('../sandbox/self-test.ts');
  return await selfTest(JSON.parse(plan) as SelfTestPlan);
}

process.umask(0o077);
closeStrayDescriptors();
const server = new Socket({ fd: 1, readable: false, writable: true });
const [, , directory = '', plan] = process.argv;
if (!isAbsolute(directory)) throw new TypeError('The first argument must be the folder of the private folders.');
const helper = new Helper(server, directory, plan === undefined ? undefined : await testSandbox(plan));
const end = (): never => helper.end();
const reader = new FrameReader();

server.on('error', end);
process.stdin.on('data', (chunk: Buffer) => {
  for (const frame of reader.push(chunk)) helper.receive(frame);
});
process.stdin.on('end', end);
process.stdin.on('error', end);
process.on('uncaughtException', (error) => {
  console.error(error);
  helper.end(1);
});
// A service manager may signal every process of the service; the server decides when programs end.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
