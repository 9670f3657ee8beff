/** What stands in front of the helper's command line, for one profile and level. */

import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { release } from 'node:os';
import type { SandboxProfile } from './profile.ts';
import { bubblewrapArguments } from './bubblewrap.ts';
import { seccompFilter } from './seccomp-filter.ts';
import { setprivArguments } from './setpriv.ts';
import { FILTERED_ARCHITECTURES, type FilteredArchitecture } from './syscall-numbers.ts';
import { SandboxError } from './sandbox-error.ts';
import { visibleFiles } from './visible-files.ts';

/** How a helper is started inside a sandbox. */
export interface Confinement {
  /** What stands before the command, the program first; the folder of the private folders is known when the helper starts. */
  readonly commandFor: (directory: string) => readonly string[];
  /** What the program reads from the descriptor {@link FILTER_DESCRIPTOR}. */
  readonly filter: Buffer | undefined;
}

/** The first after stdin, stdout and stderr. */
const FILTER_DESCRIPTOR = 3;

export interface ConfinementTools {
  readonly bwrap: string;
  readonly setpriv: string;
}

/** @internal */
export const SYSTEM_TOOLS: ConfinementTools = { bwrap: '/usr/bin/bwrap', setpriv: '/usr/bin/setpriv' };

/**
 * @param helper files that the helper itself needs
 * @throws {SandboxError}
 */
export function confinementOf(
  level: 'full' | 'files',
  profile: SandboxProfile,
  helper: readonly string[],
  { tools = SYSTEM_TOOLS, isRoot }: { readonly tools?: ConfinementTools; readonly isRoot: boolean },
): Confinement {
  const program = level === 'full' ? tools.bwrap : tools.setpriv;
  checkTool(program, level === 'full' ? 'bubblewrap' : 'util-linux 2.40 or later');
  const files = visibleFiles([...helper, ...profile.read]);
  const filter = filterOf(level, profile);
  const seccompDescriptor = filter === undefined ? undefined : FILTER_DESCRIPTOR;
  return {
    filter,
    commandFor: (directory) => [
      program,
      ...(level === 'full'
        ? bubblewrapArguments({ files, profile, seccompDescriptor, directory })
        : setprivArguments({ files, profile, seccompDescriptor, directory, kernel: release(), isRoot })),
    ],
  };
}

/** In the level `files` the filter is also what keeps programs from the network. */
function filterOf(level: 'full' | 'files', { network, syscalls }: SandboxProfile): Buffer | undefined {
  const refusesNetwork = level === 'files' && network === 'none';
  if (syscalls === 'off' && !refusesNetwork) return undefined;
  const architecture = process.arch as FilteredArchitecture;
  if (!FILTERED_ARCHITECTURES.includes(architecture)) {
    throw new SandboxError(`System calls cannot be filtered on ${process.arch}: set syscalls to off.`);
  }
  return seccompFilter({ architecture, network: !refusesNetwork });
}

/** A program that confines others must not be one that others can replace. */
function checkTool(path: string, from: string): void {
  try {
    accessSync(path, constants.X_OK);
  } catch {
    throw new SandboxError(`${path} is missing: install ${from}.`);
  }
  const { mode, uid } = statSync(realpathSync(path));
  if ((mode & 0o4000) !== 0) {
    throw new SandboxError(`${path} is setuid root, which is not used: install a bubblewrap that is not.`);
  }
  if ((mode & 0o022) !== 0 || (uid !== 0 && uid !== process.getuid?.())) {
    throw new SandboxError(`${path} can be replaced by other users, so it is not used.`);
  }
}
