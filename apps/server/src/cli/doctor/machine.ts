/** Port: what the doctor reads from the machine, so that tests can replace every answer. */
import { accessSync, constants, readFileSync, statSync, statfsSync } from 'node:fs';
import { createServer } from 'node:net';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

import { directLauncher, findProgram, type ProgramSpec, type ResourceLimits } from '@mcp/tool-base';
import type { SandboxStatus } from '@mcp/tool-base';

import { errorCode } from '../../foundation/error-code.ts';
import { homeFolder } from '../../foundation/home-folder.ts';
import type { SandboxConfig } from '../../configuration/fields/sandbox-section.ts';
import { strongestSandbox, trySandboxes, type AskingTool, type TriedSandbox } from './sandbox-checks.ts';

export interface FileFacts {
  readonly mode: number;
  readonly uid: number;
  readonly folder: boolean;
}

export interface Machine {
  /** As `process.version`: `v24.1.0`. */
  readonly nodeVersion: string;
  readonly platform: string;
  /** `undefined` where the system has no user ids. */
  readonly uid: number | undefined;
  readonly home: string;
  /** The text of a file, or `undefined` when it cannot be read. */
  read(path: string): string | undefined;
  /** `undefined` when the path does not exist. */
  stat(path: string): FileFacts | undefined;
  writable(path: string): boolean;
  /** Bytes free for this user on the file system of a path. */
  freeBytes(path: string): number | undefined;
  /** Absolute path of a program on PATH. */
  program(name: string): string | undefined;
  /** Why a program that does nothing cannot be run with these limits, as an errno name or in words, else `undefined`. */
  startFailure(limits: ResourceLimits): Promise<string | undefined>;
  /** The errno name when this process cannot listen there now, else `undefined`. */
  listenFailure(host: string, port: number): Promise<string | undefined>;
  /** Starts the sandboxes of these tools, or of what runs as one, and ends them. */
  trySandboxes(config: SandboxConfig, tools: readonly AskingTool[]): Promise<readonly TriedSandbox[]>;
  /** Starts the strongest sandbox that this machine has, and ends it. */
  strongestSandbox(config: SandboxConfig): Promise<SandboxStatus | undefined>;
}

export function thisMachine(env: Readonly<Record<string, string | undefined>> = process.env): Machine {
  return {
    nodeVersion: process.version,
    platform: process.platform,
    uid: process.getuid?.(),
    home: homeFolder(() => env['HOME'] ?? homedir()),
    read: (path) => attempt(() => readFileSync(path, 'utf8')),
    stat: (path) =>
      attempt(() => {
        const found = statSync(path);
        return { mode: found.mode & 0o7777, uid: found.uid, folder: found.isDirectory() };
      }),
    writable: (path) => may(path, constants.W_OK),
    freeBytes: (path) =>
      attempt(() => {
        const { bavail, bsize } = statfsSync(path);
        return bavail * bsize;
      }),
    program: (name) =>
      (env['PATH'] ?? '')
        .split(delimiter)
        .map((folder) => join(folder, name))
        .find((path) => may(path, constants.X_OK)),
    startFailure,
    listenFailure,
    trySandboxes,
    strongestSandbox,
  };
}

function attempt<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}

function may(path: string, mode: number): boolean {
  return (
    attempt(() => {
      accessSync(path, mode);
      return true;
    }) ?? false
  );
}

async function startFailure(limits: ResourceLimits): Promise<string | undefined> {
  const file = findProgram('true');
  if (!file.found) return 'ENOENT';
  await using launcher = directLauncher();
  const spec: ProgramSpec = { program: file.path, args: [], maxOutputBytes: 1024, graceMs: 1000, limits };
  try {
    const end = await launcher.run(spec, { signal: AbortSignal.timeout(10_000), onOutput: () => undefined });
    if (!end.started) return end.code;
    return end.exitCode === 0 ? undefined : (end.signal ?? `exit code ${end.exitCode}`);
  } catch (error) {
    return errorCode(error);
  }
}

function listenFailure(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'EUNKNOWN'));
    probe.listen(port, host, () => probe.close(() => resolve(undefined)));
  });
}
