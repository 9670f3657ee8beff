import { readFileSync } from 'node:fs';
import { type Finished, mustRun } from '../run-program.ts';

/** Runs the pnpm that package.json asks for in each of the named packages, whether or not it is installed. */
export function pnpmIn(packages: readonly string[], args: readonly string[]): Promise<Finished> {
  const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8')) as { packageManager: string };
  const filters = packages.flatMap((name) => ['--filter', name]);
  return mustRun('npx', ['-y', packageManager, '--recursive', ...filters, ...args]);
}
