/** The commands before the helper's own in its command line, for one profile and level. */

import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { release } from 'node:os';
import type { SandboxProfile } from './profile.ts';
import { bubblewrapArguments } from './bubblewrap.ts';
import { limitedCommand } from '../launcher/resource-limits.ts';
import { podCommand, type PodStack, type PodTools } from './pod.ts';
import type { PodPlan } from './pod-plan.ts';
import { seccompFilter } from './seccomp-filter.ts';
import { setprivArguments } from './setpriv.ts';
import { FILTERED_ARCHITECTURES, type FilteredArchitecture } from './syscall-numbers.ts';
import { SandboxError } from './sandbox-error.ts';
import { visibleFiles } from './visible-files.ts';

/** How a helper is started inside a sandbox. */
export interface Confinement {
  /** The command line up to the command, the program first; the folder of the private folders is known when the helper starts. */
  readonly commandFor: (directory: string) => readonly string[];
  /** What the programs in front of the command read, from the descriptor {@link FIRST_DESCRIPTOR} on. */
  readonly inputs: readonly Buffer[];
}

/** After stdin, stdout and stderr. */
const FIRST_DESCRIPTOR = 3;

/**
 * Processes and threads of one sandbox: 16 for each of 256 programs. In a user namespace of its own nothing else counts. The kernel
 * holds nobody to it who is root outside.
 */
const MAX_PROCESSES = 4096;

export interface ConfinementTools extends PodTools {
  readonly bwrap: string;
  readonly setpriv: string;
}

export const SYSTEM_TOOLS: ConfinementTools = {
  bwrap: '/usr/bin/bwrap',
  setpriv: '/usr/bin/setpriv',
  unshare: '/usr/bin/unshare',
  nft: '/usr/sbin/nft',
  slirp4netns: '/usr/bin/slirp4netns',
  pasta: '/usr/bin/pasta',
};

export interface ConfinementOptions {
  readonly tools: ConfinementTools;
  /** User of the programs. */
  readonly uid: number;
  readonly gid: number;
  /** Only at the level `full`. */
  readonly pod?: { readonly stack: PodStack; readonly plan: PodPlan };
}

/**
 * @param helper files that the helper itself needs
 * @throws {SandboxError}
 */
export function confinementOf(
  level: 'full' | 'files',
  profile: SandboxProfile,
  helper: readonly string[],
  { tools, uid, gid, pod }: ConfinementOptions,
): Confinement {
  const program = level === 'full' ? tools.bwrap : tools.setpriv;
  checkTool(program, level === 'full' ? 'bubblewrap' : 'util-linux 2.40 or later');
  const files = visibleFiles([...helper, ...profile.read]);
  const filter = filterOf(level, profile);
  const inputs: Buffer[] = [];
  const input = (content: Buffer | string): number => FIRST_DESCRIPTOR + inputs.push(Buffer.from(content)) - 1;
  const seccompDescriptor = filter && input(filter);
  if (level === 'files') {
    const options = { files, profile, seccompDescriptor, kernel: release(), isRoot: uid === 0 };
    return { inputs, commandFor: (directory) => [program, ...setprivArguments({ ...options, directory })] };
  }
  const around = pod === undefined ? [] : podAround(pod, tools, input(pod.plan.rules));
  const inPod = pod && { uid, gid, resolvConfDescriptor: input(pod.plan.resolvConf) };
  const options = { files, profile, pod: inPod, seccompDescriptor };
  const bounded = limitedCommand({ processes: MAX_PROCESSES });
  return {
    inputs,
    commandFor: (directory) => [...around, program, ...bubblewrapArguments({ ...options, directory }), ...bounded],
  };
}

function podAround(
  { stack, plan }: NonNullable<ConfinementOptions['pod']>,
  tools: ConfinementTools,
  rulesDescriptor: number,
): readonly string[] {
  checkTool(tools[stack], stack === 'pasta' ? 'passt' : stack);
  checkTool(tools.nft, 'nftables');
  for (const each of [tools.setpriv, tools.unshare]) checkTool(each, 'util-linux');
  const { addresses, ipv6 } = plan;
  if (ipv6 && stack === 'pasta') throw new SandboxError('It is used for IPv4 alone; IPv6 targets need slirp4netns.');
  return podCommand({ stack, tools, setpriv: tools.setpriv, addresses, ipv6, rulesDescriptor });
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
