/**
 * The launcher's helper: a small process of its own that starts programs and streams their output back. It is a script, run by
 * `createLauncher()`, and imports nothing but Node and this package's process code, so it stays small and forks fast.
 *
 * The server keeps the helper's stdin open for as long as it lives, so an end of file means that the server has ended, in
 * whatever way, and every process group is killed at once.
 */

import { closeSync, readdirSync, readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import type { ProgramSpec } from './program.ts';
import { encodeFrame, encodeHeader, encodeNumber, FRAME, FrameReader, type Frame, type Hello } from './frames.ts';
import { PrivateDirectories } from './private-directory.ts';
import { RunningProgram } from './running-program.ts';

const CLOSE_ON_EXEC = 0o2000000;

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
  readonly #directories = new PrivateDirectories();
  readonly #server: Socket;
  #corked = false;

  constructor(server: Socket) {
    this.#server = server;
    const hello: Hello = { directory: this.#directories.path };
    this.#send(encodeFrame(FRAME.ready, 0, JSON.stringify(hello)));
  }

  receive({ type, run, payload }: Frame): void {
    if (type === FRAME.start) this.#start(run, JSON.parse(payload.toString()) as ProgramSpec);
    else if (type === FRAME.stop) this.#programs.get(run)?.stop();
    else if (type === FRAME.ping) this.#send(encodeFrame(FRAME.pong, 0, ''));
  }

  /** The server has ended: no program may outlive it. */
  end(exitCode = 0): never {
    for (const program of this.#programs.values()) program.kill();
    try {
      this.#directories.removeAll();
    } catch {
      // A killed program may still have been writing; the folder is private and empty but for that.
    }
    process.exit(exitCode);
  }

  #start(run: number, spec: ProgramSpec): void {
    const directory = this.#createDirectory(run);
    if (directory === undefined) return;
    const program = RunningProgram.start(spec, directory, {
      onOutput: (stream, bytes) => {
        this.#send(encodeHeader(stream === 'stdout' ? FRAME.stdout : FRAME.stderr, run, bytes.length));
        this.#send(bytes);
      },
      onEnd: (end) => {
        this.#programs.delete(run);
        this.#directories.remove(directory);
        this.#send(encodeFrame(FRAME.ended, run, JSON.stringify(end)));
      },
    });
    if (program === undefined) return;
    this.#programs.set(run, program);
    if (program.pid !== undefined) this.#send(encodeNumber(FRAME.started, run, program.pid));
  }

  /** A full disk fails this run, not the helper. */
  #createDirectory(run: number): string | undefined {
    try {
      return this.#directories.create();
    } catch (error) {
      const { code = 'UNKNOWN' } = error as NodeJS.ErrnoException;
      this.#send(encodeFrame(FRAME.ended, run, JSON.stringify({ started: false, code: `DIRECTORY_${code}` })));
      return undefined;
    }
  }

  /** Frames of one event-loop iteration are sent in one write. */
  #send(bytes: Uint8Array): void {
    if (!this.#corked) {
      this.#corked = true;
      this.#server.cork();
      setImmediate(() => {
        this.#corked = false;
        this.#server.uncork();
      });
    }
    this.#server.write(bytes);
  }
}

process.umask(0o077);
closeStrayDescriptors();
const server = new Socket({ fd: 1, readable: false, writable: true });
const helper = new Helper(server);
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
