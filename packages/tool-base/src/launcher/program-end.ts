import type { ProgramExit, ProgramStartFailure } from './program.ts';

/**
 * Reads the last frame of a run.
 * @param outputBytes what was kept, as counted here
 * @throws {TypeError} when it is not of the form that the helper sends
 */
export function readProgramEnd(payload: Buffer, outputBytes: number): ProgramExit | ProgramStartFailure {
  const end: unknown = JSON.parse(payload.toString());
  if (typeof end === 'object' && end !== null && 'started' in end) {
    if (end.started === false && 'code' in end && typeof end.code === 'string') {
      return { started: false, code: end.code };
    }
    if (end.started === true && isExit(end)) {
      const { exitCode, signal, truncated } = end;
      return { started: true, exitCode, signal, truncated, outputBytes };
    }
  }
  throw new TypeError('The end of a run has no known form.');
}

function isExit(end: object): end is Pick<ProgramExit, 'exitCode' | 'signal' | 'truncated'> {
  const { exitCode, signal, truncated } = end as Readonly<Record<string, unknown>>;
  return (
    (exitCode === null || (Number.isInteger(exitCode) && typeof exitCode === 'number')) &&
    (signal === null || typeof signal === 'string') &&
    typeof truncated === 'boolean'
  );
}
