/** The level `full`: the helper in namespaces of its own, by bubblewrap. */

import type { SandboxProfile } from './profile.ts';
import type { VisibleFile } from './visible-files.ts';

export interface BubblewrapOptions {
  readonly files: readonly VisibleFile[];
  readonly profile: Pick<SandboxProfile, 'write' | 'network'>;
  /** Number of the descriptor from which bubblewrap reads the seccomp filter. */
  readonly seccompDescriptor: number | undefined;
  /** Folder of the private folders, which the server has made. */
  readonly directory: string | undefined;
}

/** The arguments of `bwrap` before the command that it starts. */
export function bubblewrapArguments(options: BubblewrapOptions): readonly string[] {
  const { files, profile, seccompDescriptor, directory } = options;
  return [
    '--die-with-parent',
    '--new-session',
    '--unshare-user',
    '--unshare-all',
    ...(profile.network === 'host' ? ['--share-net'] : []),
    '--disable-userns',
    '--cap-drop',
    'ALL',
    '--dir',
    '/tmp',
    '--dev',
    '/dev',
    '--proc',
    '/proc',
    ...files.flatMap((file) =>
      file.kind === 'link' ? ['--symlink', file.target, file.path] : ['--ro-bind', file.source, file.path],
    ),
    ...(directory === undefined ? [] : ['--bind', directory, directory]),
    ...profile.write.flatMap((folder) => ['--bind', folder, folder]),
    // Else a program could leave files, such as /etc/ld.so.preload, for the next one.
    '--remount-ro',
    '/dev',
    '--remount-ro',
    '/',
    '--chdir',
    '/',
    ...(seccompDescriptor === undefined ? [] : ['--seccomp', String(seccompDescriptor)]),
    '--',
  ];
}
