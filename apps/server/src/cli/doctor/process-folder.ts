import { existsSync } from 'node:fs';

import { StartError } from '../../foundation/start-error.ts';

export const PROCESS_FOLDER = '/proc/self/fd';
/** What it means that there is none, and what to do. */
export const NO_PROCESS_FOLDER = [
  '/proc is not mounted, so no program can be started.',
  'Mount it (mount -t proc proc /proc), as containers have it by default.',
] as const;

/**
 * What programs inherit is closed, and what they leave is found, by what the kernel shows there.
 * @throws {StartError} on a Linux without it, as in a change of root without mounts
 */
export function checkProcessFolder(
  platform: string = process.platform,
  exists: (path: string) => boolean = existsSync,
): void {
  if (platform !== 'linux' || exists(PROCESS_FOLDER)) return;
  throw new StartError(NO_PROCESS_FOLDER.join(' '));
}
