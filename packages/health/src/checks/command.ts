import { scheduleOf } from '../check.ts';
import type { CheckDefinition, CheckOptions, CheckOutcome } from '../check.ts';
import { runInGroup } from '../run-program.ts';
import type { ProgramResult } from '../run-program.ts';
import { safeText } from '../safe-text.ts';
import type { HealthStatus } from '../status.ts';
import { within } from './threshold.ts';

export interface CommandCheckOptions extends CheckOptions {
  readonly name: string;
  /** An absolute path, or a name looked up in the `PATH` of `env`. Never given to a shell. */
  readonly command: string;
  readonly args?: readonly string[] | undefined;
  /** The whole environment of the program. Default: this process's `PATH`, and `LANG=C.UTF-8`. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** What exit codes mean. Default `{ 0: 'healthy' }`; a code not listed is unhealthy. */
  readonly exitCodes?: Readonly<Record<number, HealthStatus>> | undefined;
  /** Judges the result instead of `exitCodes`. It sees at most 64 KiB of each stream. */
  readonly evaluate?: ((result: ProgramResult) => CheckOutcome) | undefined;
  /** From SIGTERM to SIGKILL at the timeout, 0 to 60 000; default 500. */
  readonly killGraceMs?: number | undefined;
}

const MAX_OUTPUT_BYTES = 64 * 1024;

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

function messageOf({ exitCode, signal, stdout, stderr }: ProgramResult): string {
  const ended = signal === null ? `exit code ${exitCode}` : `ended by ${signal}`;
  const said = lastLine(stderr) || lastLine(stdout);
  return safeText(said === '' ? ended : `${ended}: ${said}`);
}

/**
 * Runs a program and judges its exit code. It runs in its own process group; at its end, at the timeout and at disposal the
 * whole group is ended, grandchildren included. Important by default.
 */
export function commandCheck(options: CommandCheckOptions): CheckDefinition {
  const { name, command, args = [], exitCodes = { 0: 'healthy' }, evaluate } = options;
  const { env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C.UTF-8' } } = options;
  if (command === '')
    throw new TypeError('commandCheck: command must be a program, as an absolute path or a name in PATH');
  const killGraceMs = within('commandCheck', 'killGraceMs', options.killGraceMs ?? 500, 0, 60_000);
  return {
    ...scheduleOf(options, { priority: 'important' }),
    name,
    measurement: 'exitCode',
    dependency: true,
    async run({ signal }) {
      const result = await runInGroup({ command, args, env, killGraceMs, maxOutputBytes: MAX_OUTPUT_BYTES }, signal);
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
