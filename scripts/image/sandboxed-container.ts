/**
 * Runs what an image says of itself (entry point, user, environment, folder) over a read-only root, in process and mount
 * namespaces of its own, with no capability and no way to gain one. The network is that of the machine.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';

import type { ImageConfig } from './image-store.ts';

export interface ContainerOptions {
  readonly root: string;
  readonly config: ImageConfig;
  /** Folders of this machine and where they are seen; those in `writable` may be written. */
  readonly mounts?: Readonly<Record<string, string>>;
  readonly writable?: Readonly<Record<string, string>>;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningContainer extends AsyncDisposable {
  readonly ended: Promise<Ended>;
  /** To the first process of the container, as an engine does it. */
  signal(name: NodeJS.Signals): void;
}

/** @param command in the place of the entry point, as for a health check */
export async function startContainer(
  options: ContainerOptions,
  command: readonly string[] = options.config.Entrypoint,
): Promise<RunningContainer> {
  // An engine makes the places where something is mounted, as far as the image does not have them.
  for (const path of Object.values({ ...options.mounts, ...options.writable })) {
    mkdirSync(join(options.root, path), { recursive: true });
  }
  const child = spawn('bwrap', [...sandbox(options), ...asUser(options.config.User), ...command], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: {},
  });
  const ended = outcomeOf(child);
  const first = await firstProcess(child);
  const signal = (name: NodeJS.Signals): void => void process.kill(first, name);
  return {
    ended,
    signal,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) signal('SIGKILL');
      await ended;
    },
  };
}

export async function runInContainer(options: ContainerOptions, command: readonly string[]): Promise<Ended> {
  await using container = await startContainer(options, command);
  return await container.ended;
}

function sandbox({ root, config, mounts = {}, writable = {}, environment = {} }: ContainerOptions): string[] {
  const own = config.Env.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)] as const);
  const rootAndTmp = [
    '--ro-bind',
    root,
    '/',
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--tmpfs',
    '/tmp',
    '--chmod',
    '1777',
    '/tmp',
  ];
  const namespaces = ['--unshare-pid', '--unshare-ipc', '--as-pid-1', '--die-with-parent', '--info-fd', '3'];
  return [
    ...rootAndTmp,
    ...Object.entries(mounts).flatMap(([here, there]) => ['--ro-bind', here, there]),
    ...Object.entries(writable).flatMap(([here, there]) => ['--bind', here, there]),
    ...[...own, ...Object.entries(environment)].flatMap(([key, value]) => ['--setenv', key, value]),
    '--chdir',
    config.WorkingDir,
    ...namespaces,
  ];
}

/** bwrap forbids gaining privileges; that none are left is for setpriv, which is in every Debian. */
function asUser(user: string): string[] {
  const [uid = '', gid = ''] = user.split(':');
  const none = ['--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all'];
  return ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...none];
}

async function firstProcess(child: ChildProcess): Promise<number> {
  let text = '';
  for await (const part of child.stdio[3] as Readable) {
    text += String(part);
    if (text.includes('}')) break;
  }
  const pid = /"child-pid": (?<pid>\d+)/u.exec(text)?.groups?.['pid'];
  if (pid === undefined) throw new Error(`the container did not start: ${text}`);
  return Number(pid);
}

async function outcomeOf(child: ChildProcess): Promise<Ended> {
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout as Readable),
    text(child.stderr as Readable),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}
