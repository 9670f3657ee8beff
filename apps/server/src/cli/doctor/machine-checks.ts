/** Checks of the machine: Node, system limits, and the programs that limit other programs. */
import type { ResourceLimits } from '@mcp/tool-base';

import { unsupportedNodeMessage } from '../../foundation/node-version.ts';
import { NO_PROCESS_FOLDER, PROCESS_FOLDER } from './process-folder.ts';
import { openFiles, type OpenFileLimits } from './open-files.ts';
import { warning, ok, problem, type Finding } from './finding.ts';
import type { Machine } from './machine.ts';

export function checkNode({ nodeVersion }: Machine): Finding {
  const version = nodeVersion.slice(1);
  const unsupported = unsupportedNodeMessage(version);
  return unsupported === undefined
    ? ok('node', `Node ${version}`)
    : problem('node', unsupported, 'Install a current Node from https://nodejs.org.');
}

export function checkUser({ uid }: Machine): Finding {
  return uid === 0
    ? warning(
        'user',
        'The server would run as root. A program that escapes its limits would control the machine.',
        'Run it as a separate user, as the systemd unit of the deployment guide does: useradd --system mcp',
      )
    : ok('user', 'not root');
}

/** Every run of a program gets an empty folder of its own there. */
export function checkTemporaryFolder(machine: Machine, folder: string): Finding {
  return machine.writable(folder)
    ? ok('temporary folder', folder)
    : problem(
        'temporary folder',
        `${folder} is not writable, so no program can run.`,
        `Mount a tmpfs there (docker run --tmpfs ${folder}), or set TMPDIR to a folder that is writable.`,
      );
}

/** Descriptors and processes of programs are found there. */
export function checkProcessFolder(machine: Pick<Machine, 'platform' | 'stat'>): Finding[] {
  if (machine.platform !== 'linux' || machine.stat(PROCESS_FOLDER) !== undefined) return [];
  return [problem('processes', ...NO_PROCESS_FOLDER)];
}

export function checkOpenFiles(machine: Machine, limits: OpenFileLimits): Finding {
  const { allowed, needed } = openFiles(machine.read('/proc/self/limits'), limits);
  if (allowed === undefined) return ok('open files', 'the limit is unknown on this system');
  if (allowed >= needed) return ok('open files', `${allowed} allowed, ${needed} needed`);
  return problem(
    'open files',
    `A process may open ${allowed} files; ${limits.maxConnections} connections and ${limits.concurrency} calls need about ${needed}.`,
    `Raise it (ulimit -n ${needed}, or LimitNOFILE=${needed} in the systemd unit), or lower server.maxConnections.`,
  );
}

/** Starts a program as every tool's is started, with the default limits. */
export async function checkProgramStart(machine: Machine, limits: ResourceLimits): Promise<Finding> {
  const failure = await machine.startFailure(limits);
  if (failure === undefined) return ok('program start', 'a program starts and ends with the default limits of tools');
  if (failure === 'NO_PRLIMIT') {
    return problem(
      'program start',
      'prlimit is missing, so tools with resource limits, as all have by default, are unavailable.',
      'Install util-linux, or set every limit of tool.defaultResources to none.',
    );
  }
  return problem(
    'program start',
    `A program cannot be started with the default limits of tools (${failure}).`,
    'Raise tool.defaultResources, or the limits of the service that runs the server.',
  );
}
