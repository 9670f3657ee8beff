import { isBelow, type SandboxLevel } from './level.ts';

/** What programs may reach. Tools with equal profiles share one helper process. */
export interface SandboxProfile {
  /** `auto` is the strongest level that holds on this machine; a level by its name is that level or nothing. */
  readonly mode: 'auto' | SandboxLevel;
  /** Absolute paths that may be read and executed, beside the system's programs and libraries. */
  readonly read: readonly string[];
  /** Absolute paths of folders that may be written, beside the private one of each run. */
  readonly write: readonly string[];
  readonly network: 'none' | 'host';
  /** `standard` refuses the system calls that no tool needs, such as `mount` and `ptrace`. */
  readonly syscalls: 'standard' | 'off';
}

/** What one program asks for. */
export interface SandboxRequest extends SandboxProfile {
  /** Below it the program is not started. */
  readonly minimum: SandboxLevel;
  /** Why a weaker mode was chosen than the tool would have; shown to operators. */
  readonly below?: string;
}

/** Equal for equal profiles, whatever the order of their paths. */
export function profileKey({ mode, read, write, network, syscalls }: SandboxProfile): string {
  return JSON.stringify([mode, read.toSorted(), write.toSorted(), network, syscalls]);
}

/** The levels to try, strongest first. */
export function levelsToTry(mode: SandboxProfile['mode']): readonly SandboxLevel[] {
  return mode === 'auto' ? ['full', 'files', 'limits'] : [mode];
}

/** Whether a helper of its own confines the programs; without, the limits of each run are all there is. */
export function isConfined(level: SandboxLevel): boolean {
  return !isBelow(level, 'files');
}

/** The user that programs run as; only root can ask for one. */
export interface ProgramUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}
