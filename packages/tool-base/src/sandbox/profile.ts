import type { TargetLists } from '../target/reachable-ranges.ts';
import { isBelow, type SandboxLevel } from './level.ts';

/** What programs may reach. Tools with equal profiles share one helper process. */
export interface SandboxProfile {
  /** `auto` is the strongest level that holds on this machine; a level by its name is that level or nothing. */
  readonly mode: 'auto' | SandboxLevel;
  /** Absolute paths that may be read and executed, beside the system's programs and libraries. */
  readonly read: readonly string[];
  /** Absolute paths of folders that may be written, beside the private one of each run. */
  readonly write: readonly string[];
  /** `targets`: at least the check of arguments; below it the {@link NetworkTargets}, where this machine can hold them. */
  readonly network: 'none' | 'targets' | 'host';
  /** With `network: targets`. */
  readonly targets?: NetworkTargets;
  /** `standard` refuses the system calls that no tool needs, such as `mount` and `ptrace`. */
  readonly syscalls: 'standard' | 'off';
}

/** What the network of a program lets through. */
export interface NetworkTargets extends TargetLists {
  /** Whether the name servers of the machine answer, too. */
  readonly dns: boolean;
  /** Why no network of its own is made for the program; shown to operators. */
  readonly shared?: string;
}

/** What one program asks for. */
export interface SandboxRequest extends SandboxProfile {
  /** Below it the program is not started. */
  readonly minimum: SandboxLevel;
  /** Why a weaker mode was chosen than the tool would have; shown to operators. */
  readonly below?: string;
  /** With `network: targets`: the check of arguments alone is not enough to start the program. */
  readonly needsHeldTargets?: boolean;
}

/** Equal for equal profiles, whatever the order of their paths. */
export function profileKey({ mode, read, write, network, targets, syscalls }: SandboxProfile): string {
  const reached = targets && [targets.allowed.toSorted(), targets.denied.toSorted(), targets.dns, targets.shared];
  return JSON.stringify([mode, read.toSorted(), write.toSorted(), network, reached, syscalls]);
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
