/**
 * The single entry point to the operating system: the only file of this package that imports `node:child_process`. It checks a finished
 * argument list a last time, byte for byte, and starts exactly that. Nothing is quoted, joined, looked up or expanded.
 */

import { spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import type { ProgramArgument, ProgramSpec } from './program.ts';
import { isPrintable } from '../result/sanitize-text.ts';
import { withResourceLimits } from './resource-limits.ts';
import { timeZoneOf } from './time-zone.ts';

const SETPRIV = '/usr/bin/setpriv';
const MAX_ARGUMENTS = 256;
const MAX_ARGV_BYTES = 131_072;

/** Search path of every program; also the directories in which bare command names are looked up at load. */
export const PROGRAM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** An argument list that must not run; the message holds no value from the caller. */
export class ArgumentListError extends Error {}

function checkArgument({ text, role }: ProgramArgument): void {
  if (typeof text !== 'string' || !text.isWellFormed() || text.includes('\0')) {
    throw new ArgumentListError('An argument is not well-formed text.');
  }
  switch (role) {
    case 'fixed':
      return;
    case 'flag':
      if (!/^[-+][\x21-\x7e]+$/.test(text)) throw new ArgumentListError('A flag does not start with "-" or "+".');
      return;
    case 'signed':
      if (!/^-?[0-9]+(?:\.[0-9]+)?$/.test(text)) throw new ArgumentListError('A number is not a plain decimal.');
      return;
    case 'value':
      if (!/^(?!-)[\x20-\x7e]*$/.test(text))
        throw new ArgumentListError('A value starts with "-" or is not printable ASCII.');
      return;
    case 'text':
      if (text.startsWith('-') || !isPrintable(text))
        throw new ArgumentListError('A text starts with "-" or is not printable.');
      return;
    case 'target':
      if (!/^[A-Za-z0-9:][\x21-\x7e]*$/.test(text)) throw new ArgumentListError('A target is not of an accepted form.');
      return;
    default:
      throw new ArgumentListError('An argument has no known origin.');
  }
}

/** @throws {ArgumentListError} */
export function checkArgv(spec: Pick<ProgramSpec, 'program' | 'args'>): void {
  if (!/^\/[^\0]+$/.test(spec.program)) throw new ArgumentListError('The program is not an absolute path.');
  if (spec.args.length > MAX_ARGUMENTS) throw new ArgumentListError(`There are more than ${MAX_ARGUMENTS} arguments.`);
  let bytes = Buffer.byteLength(spec.program);
  for (const argument of spec.args) {
    checkArgument(argument);
    bytes += Buffer.byteLength(argument.text) + 1;
  }
  if (bytes > MAX_ARGV_BYTES) throw new ArgumentListError(`The arguments are longer than ${MAX_ARGV_BYTES} bytes.`);
}

/** No inherited variable but the time zone, so that no secret of the server reaches a program. */
function minimalEnvironment(directory: string): Record<string, string> {
  return Object.assign(Object.create(null) as Record<string, string>, {
    PATH: PROGRAM_PATH,
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    TZ: timeZoneOf(process.env['TZ']),
    HOME: directory,
    TMPDIR: directory,
  });
}

/**
 * Starts a program in its own session and process group, in `directory`, with no other descriptors than the standard ones.
 * @param stdin whether it gets a pipe to read from, else /dev/null
 * @throws {ArgumentListError} before anything is started
 * @throws {Error} with a `code` such as `ENOENT` or `EACCES` when the program cannot be executed
 */
export function startProgram(spec: ProgramSpec, directory: string, stdin: boolean): ChildProcess {
  checkArgv(spec);
  if (!statSync(spec.program).isFile()) throw Object.assign(new Error('not a regular file'), { code: 'EACCES' });
  accessSync(spec.program, constants.X_OK);
  const [file, args] = withResourceLimits(
    spec.program,
    spec.args.map((argument) => argument.text),
    spec.limits,
  );
  return spawn(file, args, {
    __proto__: null,
    cwd: spec.workingDirectory ?? directory,
    env: { ...minimalEnvironment(directory), ...spec.environment },
    stdio: [stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    detached: true,
    shell: false,
    windowsHide: true,
  } as Parameters<typeof spawn>[2]);
}

/** Where the helper runs, when not beside the server. */
export interface HelperSandbox {
  /** Program and arguments that stand in front of the helper's command; they become it in the end. */
  readonly command: readonly string[];
  /** Open files of the server that the command reads, from descriptor 3 on. */
  readonly inputs: readonly number[];
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  /** Second argument of the helper: what it has to test of its sandbox. */
  readonly selfTest: string;
}

/** A helper that is stopped when its server dies wakes up, so that it can end its programs. */
function wakingCommand(): readonly string[] {
  const isThere = process.platform === 'linux' && realPathOf(SETPRIV) === SETPRIV;
  return isThere ? [SETPRIV, '--pdeathsig', 'CONT'] : [];
}

/** `undefined` for a path that does not exist. The setpriv of BusyBox is a link, and has no such option. */
function realPathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/**
 * Starts the launcher's helper: this Node, one script of this package, no inherited variable but time zone and temporary folder.
 * @param directory folder of the private folders, which the helper removes if this process is killed
 */
export function startHelper(script: string, directory: string, sandbox?: HelperSandbox): ChildProcess {
  const helper = [process.execPath, '--disable-warning=ExperimentalWarning', script, directory];
  const [file = '', ...args] =
    sandbox === undefined ? [...wakingCommand(), ...helper] : [...sandbox.command, ...helper, sandbox.selfTest];
  return spawn(file, args, {
    ...(sandbox?.user && { uid: sandbox.user.uid, gid: sandbox.user.gid }),
    cwd: '/',
    env: {
      PATH: PROGRAM_PATH,
      TMPDIR: sandbox === undefined ? tmpdir() : directory,
      TZ: minimalEnvironment('/')['TZ'],
    },
    // A sandbox that cannot be set up says why on stderr. It is never inherited: a child that inherits it makes writes of
    // this process to it blocking, and its reader may have stopped reading.
    stdio: ['pipe', 'pipe', 'pipe', ...(sandbox?.inputs ?? [])],
    detached: true,
    shell: false,
    windowsHide: true,
  });
}

/** Nothing is ever written to its standard input, which ends with this process. */
const WAITING_SHELL = 'trap "" TERM INT HUP; read -r line; exec "$@"';

/**
 * Starts a shell that becomes this Node and one script of this package once this process has ended. It keeps nothing alive, and where
 * it cannot be started, nothing else changes.
 */
export function startWaitingScript(script: string, args: readonly string[]): ChildProcess {
  const command = [process.execPath, '--disable-warning=ExperimentalWarning', script, ...args];
  const shell = spawn('/bin/sh', ['-c', WAITING_SHELL, 'mcp-clean-up', ...command], {
    cwd: '/',
    env: { PATH: PROGRAM_PATH, TMPDIR: tmpdir() },
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    shell: false,
  });
  shell.once('error', () => undefined);
  shell.stdin?.on('error', () => undefined);
  shell.unref();
  (shell.stdin as Socket | null)?.unref();
  return shell;
}

export interface Removal {
  readonly program: 'chmod' | 'rm';
  readonly path: string;
  /** @default the user of this process */
  readonly user?: { readonly uid: number; readonly gid: number } | undefined;
}

const REMOVAL_ARGUMENTS = { chmod: ['-R', 'u+rwX', '--'], rm: ['-rf', '--'] } as const;

/** Resolves when the program has ended, in whatever way, also if it could not be started. */
export function startRemoval({ program, path, user }: Removal): Promise<void> {
  return new Promise((resolve) => {
    const removal = spawn(`/bin/${program}`, [...REMOVAL_ARGUMENTS[program], path], {
      ...(user && { uid: user.uid, gid: user.gid }),
      cwd: '/',
      env: { PATH: PROGRAM_PATH },
      stdio: 'ignore',
      shell: false,
    });
    removal.once('error', () => resolve());
    removal.once('close', () => resolve());
  });
}
