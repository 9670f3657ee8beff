import { ArgvRefused, checkArgv } from '../command/argv-gate.ts';
import type { Launcher, ProgramExit, ProgramSpec, ProgramStartFailure, RunOptions } from '../ports.ts';

/** What a pretended program does. */
export interface PretendedRun {
  /** @default 0 */
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** The finished argument list of a program: its path, then its arguments. */
export type Argv = readonly string[];

/** Starts nothing: it passes each argument list through the real gate, remembers it, and answers as it is told. */
export class RecordingLauncher implements Launcher {
  readonly started: Argv[] = [];
  readonly running = 0;
  readonly #pretend: (argv: Argv) => PretendedRun;

  constructor(pretend: (argv: Argv) => PretendedRun) {
    this.#pretend = pretend;
  }

  async run(spec: ProgramSpec, options: RunOptions): Promise<ProgramExit | ProgramStartFailure> {
    try {
      checkArgv(spec);
    } catch (error) {
      if (error instanceof ArgvRefused) return { started: false, code: 'EINVAL' };
      throw error;
    }
    const argv = [spec.program, ...spec.args.map((argument) => argument.text)];
    this.started.push(argv);
    const { exitCode = 0, stdout = '', stderr = '' } = this.#pretend(argv);
    let room = spec.maxOutputBytes;
    let truncated = false;
    for (const [stream, text] of [
      ['stdout', stdout],
      ['stderr', stderr],
    ] as const) {
      const bytes = Buffer.from(text);
      const kept = bytes.subarray(0, room);
      truncated ||= kept.length < bytes.length;
      room -= kept.length;
      if (kept.length > 0) options.onOutput(stream, kept);
    }
    const end = truncated ? { exitCode: null, signal: 'SIGTERM' } : { exitCode, signal: null };
    return { started: true, ...end, truncated, outputBytes: spec.maxOutputBytes - room };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing was started.
  }
}
