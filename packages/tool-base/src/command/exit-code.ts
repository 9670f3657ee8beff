/** What a tool declares about the exit codes of its program. */

import type { CommandToolSpec } from './command-spec.ts';

/** Whether the exit code is success or an ordinary answer. */
export function isExpectedCode(spec: CommandToolSpec, exitCode: number | null): boolean {
  if (exitCode === null) return false;
  return (spec.successExitCodes ?? [0]).includes(exitCode) || isDomainCode(spec, exitCode);
}

/** Whether the exit code is an ordinary answer with a declared meaning. */
export function isDomainCode({ domainExitCodes = {} }: CommandToolSpec, exitCode: number): boolean {
  return Object.hasOwn(domainExitCodes, exitCode);
}
