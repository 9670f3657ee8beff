/** The level `full`: the helper in namespaces of its own, by bubblewrap. */

import type { SandboxProfile } from './profile.ts';
import type { VisibleFile } from './visible-files.ts';

export interface BubblewrapOptions {
  readonly files: readonly VisibleFile[];
  readonly profile: Pick<SandboxProfile, 'write' | 'network'>;
  /** Where the network is a pod around it; the user in there is root, and becomes this one again. */
  readonly pod:
    | {
        readonly uid: number;
        readonly gid: number;
        /** Number of the descriptor from which bubblewrap reads the file that stands for /etc/resolv.conf. */
        readonly resolvConfDescriptor: number;
      }
    | undefined;
  /** Number of the descriptor from which bubblewrap reads the seccomp filter. */
  readonly seccompDescriptor: number | undefined;
  /** Folder of the private folders, which the server has made. */
  readonly directory: string | undefined;
}

const RESOLV_CONF = '/etc/resolv.conf';

/** The arguments of `bwrap` before the command that it starts. */
export function bubblewrapArguments(options: BubblewrapOptions): readonly string[] {
  const { files, profile, pod, seccompDescriptor, directory } = options;
  return [
    '--die-with-parent',
    '--new-session',
    '--unshare-user',
    '--unshare-all',
    ...(profile.network === 'none' ? [] : ['--share-net']),
    '--disable-userns',
    '--cap-drop',
    'ALL',
    ...(pod === undefined ? [] : ['--uid', String(pod.uid), '--gid', String(pod.gid)]),
    '--dir',
    '/tmp',
    '--dev',
    '/dev',
    '--proc',
    '/proc',
    ...files.flatMap((file) => {
      if (pod !== undefined && file.path === RESOLV_CONF) return [];
      return file.kind === 'link' ? ['--symlink', file.target, file.path] : ['--ro-bind', file.source, file.path];
    }),
    ...(pod === undefined ? [] : ['--ro-bind-data', String(pod.resolvConfDescriptor), RESOLV_CONF]),
    ...(directory === undefined ? [] : ['--bind', directory, directory]),
    ...profile.write.flatMap((folder) => ['--bind', folder, folder]),
    // Else a program could leave files, such as /etc/ld.so.preload, for the next one.
    '--remount-ro',
    '/dev',
    // The kernel lets root write what root owns below /proc/sys, without any capability, and it starts what core_pattern names
    // outside of every sandbox. The memory of the helper is below /proc, too.
    '--remount-ro',
    '/proc',
    '--remount-ro',
    '/',
    '--chdir',
    '/',
    ...(seccompDescriptor === undefined ? [] : ['--seccomp', String(seccompDescriptor)]),
    '--',
  ];
}
