/** Whether this machine is fit to run the server: Node, limits of the system, what programs are limited with. */
import { complaintAboutNode } from '../../node-version.ts';
import { advice, ok, problem, type Finding } from './finding.ts';
import type { Machine } from './machine.ts';

/** Of each running program: two pipes and what the launcher holds; and what the server itself needs. */
const FILES_OF_A_CALL = 4;
const FILES_OF_THE_SERVER = 128;

export function checkNode({ nodeVersion }: Machine): Finding {
  const version = nodeVersion.slice(1);
  const complaint = complaintAboutNode(version);
  return complaint === undefined
    ? ok('node', `Node ${version}`)
    : problem('node', complaint, 'Install a current Node from https://nodejs.org.');
}

export function checkUser({ uid }: Machine): Finding {
  return uid === 0
    ? advice(
        'user',
        'This is root. A program that escapes its limits would own the machine.',
        'Run the server as a user of its own: useradd --system mcp; the systemd unit of the deployment guide does so.',
      )
    : ok('user', 'not root');
}

/** @param needs how many connections and calls the configuration allows at once */
export function checkOpenFiles(
  machine: Machine,
  { maxConnections, concurrency }: { maxConnections: number; concurrency: number },
): Finding {
  const soft = /^Max open files\s+(?<soft>\S+)/mu.exec(machine.read('/proc/self/limits') ?? '')?.groups?.['soft'];
  if (soft === undefined) return ok('open files', 'the limit is not known on this system');
  const needed = maxConnections + concurrency * FILES_OF_A_CALL + FILES_OF_THE_SERVER;
  if (soft === 'unlimited' || Number(soft) >= needed) return ok('open files', `${soft} allowed, ${needed} needed`);
  return problem(
    'open files',
    `A process may open ${soft} files; ${maxConnections} connections and ${concurrency} calls need about ${needed}.`,
    `Raise it (ulimit -n ${needed}, or LimitNOFILE=${needed} in the systemd unit), or lower server.maxConnections.`,
  );
}

/** Memory, processor time and processes of a program are limited by prlimit, of util-linux. */
export function checkPrlimit(machine: Machine): Finding {
  const found = machine.program('prlimit');
  if (found !== undefined) return ok('prlimit', found);
  if (machine.platform !== 'linux') {
    return advice('prlimit', 'There is no prlimit on this system.', 'Do not give tools resource limits here.');
  }
  return advice(
    'prlimit',
    'prlimit is missing, so a tool that sets resource limits cannot run.',
    'Install util-linux, or set no resource limits.',
  );
}

/** The server does not need them; an operator who wraps programs in bwrap does. */
export function checkUserNamespaces(machine: Machine): Finding {
  const most = Number(machine.read('/proc/sys/user/max_user_namespaces') ?? Number.NaN);
  const unprivileged = machine.read('/proc/sys/kernel/unprivileged_userns_clone')?.trim() !== '0';
  const restricted = machine.read('/proc/sys/kernel/apparmor_restrict_unprivileged_userns')?.trim() === '1';
  if (most > 0 && unprivileged && !restricted)
    return ok('user namespaces', 'allowed: programs can be wrapped in bwrap');
  return ok('user namespaces', 'not allowed here; only needed by those who wrap programs in bwrap');
}
