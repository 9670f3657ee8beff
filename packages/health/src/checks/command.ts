import { optionsWithDefaults } from '../check-definition.ts';
import type { CheckDefinition, CheckOptions, CheckOutcome } from '../check-definition.ts';
import { CappedOutput } from '../programs/capped-output.ts';
import type { ProgramResult, RunProgram } from '../programs/program-runner.ts';
import { runInProcessGroup } from '../programs/run-in-process-group.ts';
import { safeText } from '../safe-text.ts';
import type { HealthStatus } from '../status.ts';
import { within } from './threshold.ts';

export interface CommandCheckOptions extends CheckOptions {
  readonly name: string;
  /** An absolute path, or a name that the runner looks up; by default in the `PATH` of `env`. Never passed to a shell. */
  readonly command: string;
  readonly args?: readonly string[] | undefined;
  /** The whole environment of the program. @default this process's `PATH`, and `LANG=C.UTF-8` */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The status of each exit code; a code not listed is unhealthy. @default { 0: 'healthy' } */
  readonly exitCodes?: Readonly<Record<number, HealthStatus>> | undefined;
  /** Decides the outcome instead of `exitCodes`. It receives at most 64 KiB of each stream. */
  readonly evaluate?: ((result: ProgramResult) => CheckOutcome) | undefined;
  /** From SIGTERM to SIGKILL at the timeout, 0 to 60 000. @default 500 */
  readonly killGraceMs?: number | undefined;
  /** Starts the program. @default a process group of its own, started by this process */
  readonly runProgram?: RunProgram | undefined;
}

const MAX_OUTPUT_BYTES = 64 * 1024;

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

function messageOf({ exitCode, signal, stdout, stderr }: ProgramResult): string {
  const exit = signal === null ? `exit code ${exitCode}` : `ended by ${signal}`;
  const output = lastLine(stderr) || lastLine(stdout);
  return safeText(output === '' ? exit : `${exit}: ${output}`);
}

/**
 * Runs a program and maps its exit code to a status. At its exit, at the timeout and at disposal it is ended with its children.
 * Important by default.
 * @throws {TypeError | RangeError} when `command` is empty or `killGraceMs` out of range
 */
export function commandCheck(options: CommandCheckOptions): CheckDefinition {
  const { name, command, args = [], env, exitCodes = { 0: 'healthy' }, evaluate } = options;
  const { runProgram = runInProcessGroup } = options;
  if (command === '')
    throw new TypeError('commandCheck: command must be a program, as an absolute path or a name in PATH');
  const killGraceMs = within('commandCheck', 'killGraceMs', options.killGraceMs ?? 500, 0, 60_000);
  return {
    ...optionsWithDefaults(options, { priority: 'important' }),
    name,
    measurement: 'exitCode',
    dependency: true,
    async run({ signal }) {
      const output = { stdout: new CappedOutput(MAX_OUTPUT_BYTES), stderr: new CappedOutput(MAX_OUTPUT_BYTES) };
      const { stdout, stderr } = output;
      const exit = await runProgram(
        { command, args, env, killGraceMs },
        { signal, onOutput: (stream, bytes) => output[stream].write(bytes) },
      );
      const result: ProgramResult = {
        exitCode: exit.exitCode,
        signal: exit.signal,
        stdout: stdout.toString(),
        stderr: stderr.toString(),
        outputBytes: stdout.totalBytes + stderr.totalBytes,
        truncated: stdout.truncated || stderr.truncated,
      };
      const { exitCode, outputBytes, truncated } = result;
      if (evaluate) return evaluate(result);
      return {
        status: exitCode === null ? 'unhealthy' : (exitCodes[exitCode] ?? 'unhealthy'),
        message: messageOf(result),
        observedValue: exitCode ?? undefined,
        source: 'command',
        metadata: { signal: result.signal, outputBytes, truncated },
      };
    },
  };
}
