/** The level `files`: Landlock and seccomp on the helper, by setpriv of util-linux. */

import type { SandboxProfile } from './profile.ts';
import type { VisibleFile } from './visible-files.ts';

/** Landlock rights by the kernel that brought them; asking an older one for more would fail. */
const RIGHTS: readonly (readonly [major: number, minor: number, names: readonly string[]])[] = [
  [
    5,
    13,
    [
      'execute',
      'write-file',
      'read-file',
      'read-dir',
      'remove-dir',
      'remove-file',
      'make-char',
      'make-dir',
      'make-reg',
      'make-sock',
      'make-fifo',
      'make-block',
      'make-sym',
    ],
  ],
  [5, 19, ['refer']],
  [6, 2, ['truncate']],
];
/** Rights that a file has; the others make sense for folders only. */
const OF_FILES = new Set(['execute', 'write-file', 'read-file', 'truncate']);
const READ_FILE = 'execute,read-file';
const READ_FOLDER = `${READ_FILE},read-dir`;
const DEVICES = ['/dev/null', '/dev/zero', '/dev/full', '/dev/random', '/dev/urandom'];

export interface SetprivOptions {
  readonly files: readonly VisibleFile[];
  readonly profile: Pick<SandboxProfile, 'write'>;
  readonly seccompDescriptor: number | undefined;
  /** Folder of the private folders, which the server has made. */
  readonly directory: string | undefined;
  /** As `uname -r` prints it. */
  readonly kernel: string;
  /** Root keeps no capability; others have none that could be taken. */
  readonly isRoot: boolean;
}

/** The arguments of `setpriv` before the command that it starts. Every path must exist, or setpriv ends. */
export function setprivArguments(options: SetprivOptions): readonly string[] {
  const { files, profile, seccompDescriptor, directory, kernel, isRoot } = options;
  const rights = rightsOf(kernel);
  const rule = (access: string, path: string): string[] => ['--landlock-rule', `path-beneath:${access}:${path}`];
  const writable = [...(directory === undefined ? [] : [directory]), ...profile.write];
  return [
    '--nnp',
    // Should it be stopped when the server dies, it wakes up and ends its programs.
    '--pdeathsig',
    'CONT',
    ...(isRoot ? ['--bounding-set', '-all', '--inh-caps', '-all'] : []),
    '--landlock-access',
    `fs:${rights.join(',')}`,
    ...files.flatMap((file) => {
      if (file.kind === 'link') return [];
      return rule(file.kind === 'folder' ? READ_FOLDER : READ_FILE, file.source);
    }),
    ...rule(READ_FOLDER, '/proc'),
    ...DEVICES.flatMap((device) => rule(rights.filter((right) => OF_FILES.has(right)).join(','), device)),
    ...writable.flatMap((folder) => rule(rights.join(','), folder)),
    ...(seccompDescriptor === undefined ? [] : ['--seccomp-filter', `/proc/self/fd/${seccompDescriptor}`]),
    '--',
  ];
}

function rightsOf(kernel: string): readonly string[] {
  const [major = 0, minor = 0] = kernel.split('.').map((part) => Number.parseInt(part, 10));
  return RIGHTS.filter(([first, second]) => major > first || (major === first && minor >= second)).flatMap(
    ([, , names]) => names,
  );
}
