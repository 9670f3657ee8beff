import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { endGroup, trackGroup, untrackGroup } from './process-group.ts';
import type { ProgramExit, RunProgram } from './program-runner.ts';

/** How long a pipe may stay open when no process of the group is left to write to it. */
const PIPE_CLOSE_MS = 200;

/** The caller's variables stay out of the program, apart from the search path. */
function defaultEnvironment(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', LANG: 'C.UTF-8' };
}

/**
 * The default `RunProgram`: the program leads its own process group, and after its exit as after an abort whatever is left of
 * the group is ended. A descendant that moves to a session of its own (a daemon) leaves the group and is not ended.
 */
export const runInProcessGroup: RunProgram = async (request, { signal, onOutput }) => {
  signal.throwIfAborted();
  const child = spawn(request.command, [...request.args], {
    detached: true,
    shell: false,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...(request.env ?? defaultEnvironment()) },
    windowsHide: true,
  });
  child.stdout.on('data', (chunk: Buffer) => onOutput('stdout', chunk));
  child.stderr.on('data', (chunk: Buffer) => onOutput('stderr', chunk));
  return exitOf(child, request.killGraceMs, signal);
};

async function exitOf(
  child: ChildProcessByStdio<null, Readable, Readable>,
  killGraceMs: number,
  signal: AbortSignal,
): Promise<ProgramExit> {
  const exited = Promise.withResolvers<ProgramExit>();
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.once('error', exited.reject);
  child.once('exit', (exitCode, exitSignal) => exited.resolve({ exitCode, signal: exitSignal }));
  const { pid } = child;
  if (pid === undefined) return exited.promise;
  trackGroup(pid);
  let groupEnded: Promise<void> | undefined;
  const onAbort = (): void => void (groupEnded = endGroup(pid, killGraceMs));
  signal.addEventListener('abort', onAbort, { once: true });
  const exit = await exited.promise;
  signal.removeEventListener('abort', onAbort);
  // Its timers are waited for too, so that none is left when this returns.
  // Once it is gone, its number may become that of others.
  await (groupEnded ?? endGroup(pid, killGraceMs));
  untrackGroup(pid);
  // The pipes close with the last process of the group, unless one has left it and keeps them open.
  const limit = setTimeout(() => {
    child.stdout.destroy();
    child.stderr.destroy();
  }, PIPE_CLOSE_MS);
  await closed;
  clearTimeout(limit);
  return exit;
}
