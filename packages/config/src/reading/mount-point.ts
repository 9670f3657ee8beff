import { readFile, realpath } from 'node:fs/promises';

/**
 * Whether a file is a mount point itself, as with a bind mount of one file into a container. Such a mount keeps showing the
 * old file after an editor replaced it. False where the system has no list of mounts.
 */
export async function isMountPoint(file: string, mountInfo: string = '/proc/self/mountinfo'): Promise<boolean> {
  try {
    const path = await realpath(file);
    return (await readFile(mountInfo, 'utf8')).split('\n').some((line) => mountPointOf(line) === path);
  } catch {
    return false;
  }
}

/** The fifth field of a line of mountinfo; white space and backslashes in it are octal escapes. */
function mountPointOf(line: string): string | undefined {
  return line
    .split(' ')[4]
    ?.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(parseInt(octal, 8)));
}
