import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { Confinement } from '../sandbox/confinement.ts';
import type { ProgramUser } from '../sandbox/profile.ts';
import type { SelfTestPlan } from '../sandbox/self-test.ts';
import { startHelper } from './start-program.ts';

/** Beside this file, and compiled or not as this file is. */
export const HELPER_SCRIPT: string = fileURLToPath(
  import.meta.url.endsWith('.ts')
    ? new URL('./helper-main.ts', import.meta.url)
    : new URL('./helper-main.js', import.meta.url),
);

/** The sandbox of a helper, and what it has to test of it. */
export interface HelperConfinement extends Partial<Confinement> {
  readonly user: ProgramUser | undefined;
  readonly selfTest: SelfTestPlan;
}

/**
 * Starts the helper process in its sandbox.
 *
 * @param directory the folder of its private folders
 * @param sandbox undefined for a helper without one
 */
export function startConfinedHelper(directory: string, sandbox: HelperConfinement | undefined): ChildProcess {
  if (sandbox === undefined) return startHelper(HELPER_SCRIPT, directory);
  const { commandFor, inputs = [], user, selfTest } = sandbox;
  const files = inputs.map((content) => openUnnamed(directory, content));
  try {
    const command = commandFor?.(directory) ?? [];
    return startHelper(HELPER_SCRIPT, directory, { command, inputs: files, user, selfTest: JSON.stringify(selfTest) });
  } finally {
    for (const file of files) closeSync(file);
  }
}

/** A file to read with this content that has no name any more. */
function openUnnamed(directory: string, content: Buffer): number {
  const path = join(directory, 'input');
  writeFileSync(path, content, { flag: 'wx', mode: 0o644 });
  const file = openSync(path, 'r');
  unlinkSync(path);
  return file;
}
