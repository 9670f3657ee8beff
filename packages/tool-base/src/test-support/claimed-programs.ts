import { existsSync } from 'node:fs';

/**
 * Whether a test that needs a program can run. Where `TEST_CLAIMS` lists the program, as `.ci/run` does for what it installs,
 * a missing one fails instead of skipping the test.
 */
export function isInstalled(program: string): boolean {
  const found = ['/usr/bin', '/usr/sbin'].some((folder) => existsSync(`${folder}/${program}`));
  const claimed = (process.env['TEST_CLAIMS'] ?? '').split(',').includes(program);
  if (claimed && !found) throw new Error(`${program} is claimed by TEST_CLAIMS and is not installed.`);
  return found;
}
