/** The file behind a command: found once, at load, and looked at before anyone may run it. */

import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { PROGRAM_PATH } from './argv-gate.ts';

/** Programs whose arguments are a program, or name one to start. */
const INTERPRETERS: ReadonlySet<string> = new Set(
  (
    'sh bash dash ash zsh ksh mksh fish csh tcsh busybox toybox node nodejs deno bun python perl ruby php lua luajit tclsh wish expect ' +
    'awk gawk mawk nawk sed ed ex vi vim nvim emacs m4 make cmake gdb lldb strace ltrace env xargs parallel find sudo doas su runuser ' +
    'setpriv setsid nohup timeout nice ionice chrt taskset stdbuf script watch flock unshare nsenter chroot bwrap firejail systemd-run ' +
    'start-stop-daemon ssh socat nc ncat netcat docker podman nerdctl kubectl crictl git tar rsync pwsh powershell osascript java'
  ).split(' '),
);

export type ProgramFile =
  /** `risks` are reasons for not loading the tool, one sentence each. */
  | { readonly found: true; readonly path: string; readonly risks: readonly string[]; readonly interpreter: boolean }
  | { readonly found: false; readonly reason: string };

function isExecutableFile(path: string): boolean {
  try {
    if (!statSync(path).isFile()) return false;
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** `python3.12` counts as `python`; a multi-call binary such as busybox counts by the name it was called by. */
function isInterpreter(path: string): boolean {
  const plain = (name: string): string => name.replace(/[-.]?[0-9][0-9.]*$/, '');
  const names = [basename(path)];
  const real = basename(realpathSync(path));
  if (real !== 'busybox' && real !== 'toybox') names.push(real);
  return names.some((name) => INTERPRETERS.has(name) || INTERPRETERS.has(plain(name)));
}

/**
 * @param command an absolute path, or a bare name that is looked up in {@link PROGRAM_PATH} and nowhere else
 */
export function findProgram(command: string): ProgramFile {
  if (!isAbsolute(command) && (command.includes('/') || command === '' || command.startsWith('-'))) {
    return { found: false, reason: 'The command must be an absolute path or a bare program name.' };
  }
  const candidates = isAbsolute(command) ? [command] : PROGRAM_PATH.split(':').map((folder) => join(folder, command));
  const path = candidates.find(isExecutableFile);
  if (path === undefined) {
    return { found: false, reason: `${JSON.stringify(basename(command))} is not installed or not executable.` };
  }
  const { mode } = statSync(path);
  const risks =
    (mode & 0o002) === 0 ? [] : ['Its program can be overwritten by every user: remove the write permission.'];
  return { found: true, path, risks, interpreter: isInterpreter(path) };
}

/** Whether a program found at load is still there; quick enough for a health check. */
export function isStillExecutable(path: string): boolean {
  return isExecutableFile(path);
}
