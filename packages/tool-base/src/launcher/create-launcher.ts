import { directLauncher } from './direct-launcher.ts';
import type { Launcher, LauncherOptions } from './program.ts';
import { HelperLauncher } from './helper-launcher.ts';
import { startCleanUpProcess } from './clean-up-process.ts';
import { removeStaleFolders } from './folders/stale-folders.ts';

/**
 * Starts the helper process that starts the programs. Call it first thing, while this process is small: starting a program copies
 * the page tables of whoever starts it. The helper ends with the server, and with it every program, even after `kill -9`.
 * Dispose of it (`await using`) at shutdown: programs get their grace period, then they are killed.
 */
export async function createLauncher(options: LauncherOptions = {}): Promise<Launcher> {
  const maxPrograms = options.maxPrograms ?? 256;
  if (!Number.isSafeInteger(maxPrograms) || maxPrograms < 1 || maxPrograms > 10_000) {
    throw new RangeError(`maxPrograms must be a whole number from 1 to 10000, not ${String(maxPrograms)}.`);
  }
  // No program is found there, so the helper would never start any.
  if (process.platform === 'win32') return directLauncher();
  void removeStaleFolders();
  const hasCleanUp = process.platform === 'linux';
  const launcher = new HelperLauncher({
    ...options,
    maxPrograms,
    ...(hasCleanUp && { startCleanUp: startCleanUpProcess }),
  });
  await launcher.startHelper();
  return launcher;
}
