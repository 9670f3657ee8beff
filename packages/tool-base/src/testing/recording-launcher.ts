import { ArgumentListError, checkArgv } from '../launcher/start-program.ts';
import { ToolError } from '../result/tool-error.ts';
import type {
  Conversation,
  Launcher,
  ProgramExit,
  ProgramSpec,
  ProgramStartFailure,
  RunOptions,
} from '../launcher/program.ts';

/** What a fake program returns. */
export interface FakeRun {
  /** @default 0 */
  readonly exitCode?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** The finished argument list of a program: its path, then its arguments. */
export type Argv = readonly string[];

/** Starts nothing: it passes each argument list through the real check, records it, and returns what `program` returns. */
export class RecordingLauncher implements Launcher {
  readonly started: Argv[] = [];
  readonly running = 0;
  readonly #program: (argv: Argv) => FakeRun;

  constructor(program: (argv: Argv) => FakeRun) {
    this.#program = program;
  }

  async run(spec: ProgramSpec, options: RunOptions): Promise<ProgramExit | ProgramStartFailure> {
    try {
      checkArgv(spec);
    } catch (error) {
      if (error instanceof ArgumentListError) return { started: false, code: 'EINVAL' };
      throw error;
    }
    const argv = [spec.program, ...spec.args.map((argument) => argument.text)];
    this.started.push(argv);
    const { exitCode = 0, stdout = '', stderr = '' } = this.#program(argv);
    let space = spec.maxOutputBytes;
    let truncated = false;
    for (const [stream, text] of [
      ['stdout', stdout],
      ['stderr', stderr],
    ] as const) {
      const bytes = Buffer.from(text);
      const kept = bytes.subarray(0, space);
      truncated ||= kept.length < bytes.length;
      space -= kept.length;
      if (kept.length > 0) options.onOutput(stream, kept);
    }
    const end = truncated ? { exitCode: null, signal: 'SIGTERM' } : { exitCode, signal: null };
    return { started: true, ...end, truncated, outputBytes: spec.maxOutputBytes - space };
  }

  /** A tool of another server is tested against that server. */
  async open(): Promise<Conversation> {
    throw new ToolError('unavailable', 'Nothing can be talked to here: no program is started.');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing was started.
  }
}
