/** The file behind a command: found once, when the tool is loaded, and checked before it may run. */

import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { PROGRAM_PATH } from '../../launcher/start-program.ts';
import { isInterpreter } from '../interpreters.ts';

export type ProgramFile =
  /** `risks` are reasons for not loading the tool, one sentence each. */
  | { readonly found: true; readonly path: string; readonly risks: readonly string[]; readonly interpreter: boolean }
  | { readonly found: false; readonly reason: string };

/** There are no process groups, so that nothing could end what a program started. */
const NOT_ON_WINDOWS = 'Programs cannot be tools on Windows: run the server on Linux or macOS.';

function isExecutableFile(path: string): boolean {
  try {
    if (!statSync(path).isFile()) return false;
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A link to an interpreter is one too; a multi-call binary such as busybox counts by the name it was called by. */
function startsOtherPrograms(path: string): boolean {
  const real = basename(realpathSync(path));
  return isInterpreter(path) || (real !== 'busybox' && real !== 'toybox' && isInterpreter(real));
}

/**
 * @param command an absolute path, or a bare name that is looked up in {@link PROGRAM_PATH} and nowhere else; on Windows nothing is
 * found
 */
export function findProgram(command: string): ProgramFile {
  if (process.platform === 'win32') return { found: false, reason: NOT_ON_WINDOWS };
  if (!isAbsolute(command) && (command.includes('/') || command === '' || command.startsWith('-'))) {
    return { found: false, reason: 'The command must be an absolute path or a bare program name.' };
  }
  const candidates = isAbsolute(command) ? [command] : PROGRAM_PATH.split(':').map((folder) => join(folder, command));
  const path = candidates.find(isExecutableFile);
  if (path === undefined) {
    return { found: false, reason: notFound(command) };
  }
  const { mode } = statSync(path);
  const risks =
    (mode & 0o002) === 0 ? [] : ['Its program can be overwritten by every user: remove the write permission.'];
  return { found: true, path, risks, interpreter: startsOtherPrograms(path) };
}

function notFound(command: string): string {
  const name = JSON.stringify(basename(command));
  if (isAbsolute(command)) return `${name} ${problemAt(command)}`;
  const elsewhere = (process.env['PATH'] ?? '').split(':').some((folder) => isExecutableFile(join(folder, command)));
  const advice = elsewhere
    ? 'It is elsewhere in the PATH of the server: give its absolute path.'
    : 'Install it, or give its absolute path.';
  return `${name} is not in ${PROGRAM_PATH}, or not executable. ${advice}`;
}

function problemAt(path: string): string {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) return 'is a folder, not a program: name the file in it.';
    return 'is not a file that this user may execute: make it executable, or name another.';
  } catch {
    return 'does not exist at the given path, or this user may not look there.';
  }
}

/** Whether a program found at load is still there; quick enough for a health check. */
export function isStillExecutable(path: string): boolean {
  return isExecutableFile(path);
}
