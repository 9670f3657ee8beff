import {
  MAX_STDIN_BYTES,
  type Conversation,
  type ConversationOptions,
  type ConversationSpec,
  type Launcher,
  type ProgramExit,
  type ProgramSpec,
  type ProgramStartFailure,
  type RunOptions,
} from './program.ts';
import { ToolError } from '../result/tool-error.ts';
import { giveSecrets } from './give-secrets.ts';
import { OpenConversation, programOf } from './open-conversation.ts';
import { PrivateDirectories } from './folders/private-directory.ts';
import { refusalOutsideSandbox } from './launcher-refusals.ts';
import { RunningProgram } from './running-program.ts';
import { withoutSecrets } from './secret-filter.ts';

/**
 * Starts programs from this process. Simple, and enough for tests and small scripts; a server should use `createLauncher()`,
 * whose programs start faster, inherit no stray descriptor and a umask of 077, and end even when the server is killed.
 */
export function directLauncher(): Launcher {
  return new DirectLauncher();
}

class DirectLauncher implements Launcher {
  readonly #programs = new Set<RunningProgram>();
  #directories: PrivateDirectories | undefined;
  #idle: (() => void)[] = [];
  #closed = false;

  get running(): number {
    return this.#programs.size;
  }

  async run(spec: ProgramSpec, options: RunOptions): Promise<ProgramExit | ProgramStartFailure> {
    if (this.#closed) throw new ToolError('cancelled', 'The server is shutting down.');
    if (options.signal?.aborted === true) return cancelledBeforeStart();
    if (isStdinTooLong(spec)) return { started: false, code: 'E2BIG' };
    const refusal = refusalOutsideSandbox(spec);
    if (refusal !== undefined) throw refusal;
    this.#directories ??= new PrivateDirectories();
    const directories = this.#directories;
    const directory = directories.create();
    const { promise, resolve } = Promise.withResolvers<ProgramExit | ProgramStartFailure>();
    let failure: { readonly error: unknown } | undefined;
    const { stdin } = spec;
    const output = withoutSecrets(spec, options.onOutput);
    const program = RunningProgram.start(
      giveSecrets(spec, (name, content) => directories.writeFile(directory, name, content)),
      { directory, hasStdin: stdin !== undefined },
      {
        onOutput(stream, bytes) {
          try {
            if (failure === undefined) output.write(stream, bytes);
          } catch (error) {
            failure = { error };
            program?.stop();
          }
        },
        onEnd: resolve,
      },
    );
    const stop = (): void => program?.stop();
    if (program !== undefined) this.#programs.add(program);
    if (stdin !== undefined) {
      program?.write(stdin);
      program?.endStdin();
    }
    options.signal?.addEventListener('abort', stop);
    try {
      const end = await promise;
      if (failure !== undefined) throw failure.error;
      output.end(end.started && (end.truncated || end.signal !== null));
      return end;
    } finally {
      options.signal?.removeEventListener('abort', stop);
      this.#ended(program, directory);
    }
  }

  async open(spec: ConversationSpec, options: ConversationOptions): Promise<Conversation> {
    if (this.#closed) throw new ToolError('cancelled', 'The server is shutting down.');
    const refusal = refusalOutsideSandbox(spec);
    if (refusal !== undefined) throw refusal;
    this.#directories ??= new PrivateDirectories();
    const directories = this.#directories;
    const directory = directories.create();
    const conversation = new OpenConversation(spec, options, {
      write: (bytes) => program?.write(bytes, () => conversation.hasRead(bytes.length)),
      endStdin: () => program?.endStdin(),
      stop: () => program?.stop(),
    });
    const program = RunningProgram.start(
      giveSecrets(programOf(spec), (name, content) => directories.writeFile(directory, name, content)),
      { directory, hasStdin: true, isConversation: true },
      {
        onOutput: (stream, bytes) => conversation.received(stream, bytes),
        onEnd: (end) => {
          this.#ended(program, directory);
          conversation.over(end);
        },
      },
    );
    if (program !== undefined) this.#programs.add(program);
    return conversation;
  }

  #ended(program: RunningProgram | undefined, directory: string): void {
    if (program !== undefined) this.#programs.delete(program);
    this.#directories?.remove(directory);
    if (this.#programs.size === 0) for (const wake of this.#idle.splice(0)) wake();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const program of this.#programs) program.stop();
    if (this.#programs.size > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    await this.#directories?.removeAll();
    this.#directories = undefined;
  }
}

export function isStdinTooLong({ stdin }: ProgramSpec): boolean {
  return stdin !== undefined && stdin.length > MAX_STDIN_BYTES;
}

/** The exit of a run that was cancelled before it began. */
export function cancelledBeforeStart(): ProgramExit {
  return { started: true, exitCode: null, signal: 'SIGTERM', truncated: false, outputBytes: 0 };
}
