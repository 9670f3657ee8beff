import type { ProgramSpec } from './program.ts';
import { isConfined } from '../sandbox/profile.ts';
import { ToolError } from '../result/tool-error.ts';

/** For launchers without a sandbox: what needs one is never started outside. `undefined` for everything else. */
export function refusalOutsideSandbox({ sandbox }: Pick<ProgramSpec, 'sandbox'>): ToolError | undefined {
  if (sandbox?.needsHeldTargets === true) {
    return new ToolError(
      'unavailable',
      'This tool needs a network that reaches its targets alone; here there is none.',
    );
  }
  if (sandbox === undefined || !isConfined(sandbox.minimum)) return undefined;
  return new ToolError('unavailable', `This tool needs the sandbox level ${sandbox.minimum}; here programs have none.`);
}

/**
 * The helper was killed with everything that it had started. Whether the program of this run was among it is not known, so the
 * advice is not to repeat it.
 */
export function runLost(): ToolError {
  const message =
    'The process that starts programs was lost, and what it had started was ended, so the outcome of this call is unknown. It may have had its effect, whole or in part.';
  return new ToolError('unavailable', message, {
    suggestion: 'Check what it changed before you call again.',
    neutral: true,
  });
}

/** @param retryAfterMs when the helper is started again */
export function helperLost(retryAfterMs: number): ToolError {
  return new ToolError('unavailable', 'The process that starts programs is being started again.', {
    retryAfterMs,
    suggestion: 'Call again in a few seconds.',
    // The server failed here, not the program.
    neutral: true,
  });
}

export function tooManyPrograms(maxPrograms: number): ToolError {
  return new ToolError('resource_exhausted', `The server already runs ${maxPrograms} programs.`, {
    retryAfterMs: 1000,
  });
}
