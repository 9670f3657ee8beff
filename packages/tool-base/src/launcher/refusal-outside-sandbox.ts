import type { ProgramSpec } from './program.ts';
import { isConfined } from '../sandbox/profile.ts';
import { ToolError } from '../result/tool-error.ts';

/** For launchers without a sandbox: what needs one is never started outside. `undefined` for everything else. */
export function refusalOutsideSandbox({ sandbox }: Pick<ProgramSpec, 'sandbox'>): ToolError | undefined {
  if (sandbox === undefined || !isConfined(sandbox.minimum)) return undefined;
  return new ToolError('unavailable', `This tool needs the sandbox level ${sandbox.minimum}; here programs have none.`);
}
