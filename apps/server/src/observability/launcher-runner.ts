import type { RunProgram } from '@mcp/health';
import {
  findProgram,
  ToolError,
  type Launcher,
  type ProgramSpec,
  type ResourceLimits,
  type SandboxRequest,
} from '@mcp/tool-base';

import { systemClock, type Clock } from '../foundation/clock.ts';

/** A program that prints more is ended. The check keeps the beginning only, so this limits work, not memory. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

export interface LauncherRunnerOptions {
  readonly launcher: Launcher;
  readonly limits: ResourceLimits;
  readonly sandboxOf: (command: string) => SandboxRequest;
  readonly clock?: Clock;
}

/**
 * Runs the programs of health checks through the launcher, which starts all programs of this server, confined as a tool is. A launcher that is at its
 * limit, or restarts its helper process, says nothing about the dependency: the run is tried again until the check times out.
 */
export function launcherRunner({
  launcher,
  limits,
  sandboxOf,
  clock = systemClock,
}: LauncherRunnerOptions): RunProgram {
  return async ({ command, args, killGraceMs }, { signal, onOutput }) => {
    const file = findProgram(command);
    if (!file.found) throw new Error('the program is not installed or not executable');
    const spec: ProgramSpec = {
      program: file.path,
      args: args.map((text) => ({ text, role: 'fixed' })),
      maxOutputBytes: MAX_OUTPUT_BYTES,
      graceMs: killGraceMs,
      limits,
      sandbox: sandboxOf(command),
    };
    for (;;) {
      try {
        const exit = await launcher.run(spec, { signal, onOutput });
        if (exit.started) return exit;
        throw new Error(`the program could not be started (${exit.code})`);
      } catch (error) {
        if (!(error instanceof ToolError) || error.retryAfterMs === undefined) throw error;
        await pause(clock, error.retryAfterMs, signal);
      }
    }
  };
}

/** @throws the reason of the abort */
async function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  using _timer = clock.setTimer(ms, resolve);
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
