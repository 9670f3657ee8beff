import { readFileSync } from 'node:fs';

/** Reads a text file; rejects if it cannot. */
export type FileReader = (path: string) => Promise<string>;

/**
 * For the files of /proc and /sys/fs/cgroup, which the kernel generates in memory. A synchronous read takes some 10 us; the
 * thread pool takes ten times that and can be blocked by other work, such as name look-ups.
 */
export const readKernelFile: FileReader = async (path) => readFileSync(path, 'utf8');

export type CgroupController = 'cpu' | 'cpuacct' | 'memory';

/** The directories of a controller for this process: its own first, then the parents up to the mount. */
export interface CgroupLocation {
  readonly version: 'cgroup-v1' | 'cgroup-v2';
  readonly directories: readonly string[];
}

interface Mount {
  readonly root: string;
  readonly point: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** /proc/self/mountinfo writes space, tab, newline and backslash as octal escapes. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}

function cgroupMounts(mountinfo: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of mountinfo.split('\n')) {
    const [left = '', right = ''] = line.split(' - ', 2);
    const [, , , root = '/', point = ''] = left.split(' ');
    const [type = '', , options = ''] = right.split(' ');
    if (type !== 'cgroup' && type !== 'cgroup2') continue;
    mounts.push({ root: unescapeOctal(root), point: unescapeOctal(point), type, options: options.split(',') });
  }
  return mounts;
}

/** Lines of /proc/self/cgroup are `id:controller,controller:path`; version 2 has id 0 and no controllers. */
function ownPath(cgroupFile: string, controller: CgroupController | undefined): string | undefined {
  for (const line of cgroupFile.split('\n')) {
    const [id, controllers = '', ...path] = line.split(':');
    const found =
      controller === undefined ? id === '0' && controllers === '' : controllers.split(',').includes(controller);
    if (found) return path.join(':');
  }
  return undefined;
}

function directoriesOf(mount: Mount, path: string): string[] {
  // In a container the path may be the host's, while the mount shows only the part below `root` or another part.
  const inside =
    mount.root === '/'
      ? path
      : path === mount.root || path.startsWith(`${mount.root}/`)
        ? path.slice(mount.root.length)
        : '/';
  const parts = inside.split('/').filter((part) => part !== '');
  if (parts.includes('..')) return [mount.point];
  return Array.from({ length: parts.length + 1 }, (_unused, up) =>
    [mount.point, ...parts.slice(0, parts.length - up)].join('/'),
  );
}

/** Locates a controller for this process. Undefined where no cgroups can be read. */
export type CgroupLocator = (controller: CgroupController) => Promise<CgroupLocation | undefined>;

/** Looks for a controller in version 1, then in version 2. The mounts are read again when the process has moved to another cgroup. */
export function cgroupLocator(read: FileReader): CgroupLocator {
  let cached: { readonly cgroupFile: string; readonly mounts: readonly Mount[] } | undefined;
  return async (controller) => {
    try {
      const cgroupFile = await read('/proc/self/cgroup');
      if (cached?.cgroupFile !== cgroupFile)
        cached = { cgroupFile, mounts: cgroupMounts(await read('/proc/self/mountinfo')) };
      return locationOf(controller, cgroupFile, cached.mounts);
    } catch {
      // No /proc or no permission: treated as a system without cgroups.
      return undefined;
    }
  };
}

function locationOf(
  controller: CgroupController,
  cgroupFile: string,
  mounts: readonly Mount[],
): CgroupLocation | undefined {
  const v1 = mounts.find(({ type, options }) => type === 'cgroup' && options.includes(controller));
  const v1Path = ownPath(cgroupFile, controller);
  if (v1 && v1Path !== undefined) return { version: 'cgroup-v1', directories: directoriesOf(v1, v1Path) };
  const v2 = mounts.find(({ type }) => type === 'cgroup2');
  const v2Path = ownPath(cgroupFile, undefined);
  if (v2 && v2Path !== undefined) return { version: 'cgroup-v2', directories: directoriesOf(v2, v2Path) };
  return undefined;
}
