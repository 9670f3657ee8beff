/** What the helper can do from inside its sandbox. It runs before the first program, while nothing in there is hostile. */

import { createSocket } from 'node:dgram';
import { closeSync, openSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';

import { ownsProcesses } from '../launcher/processes/own-processes.ts';
import type { ClosedPort } from './packet-filter.ts';
import { refusesPacket } from './refused-packet.ts';

export interface SelfTestPlan {
  /** A file of the server that only its user can read, in a folder that only this user can write. */
  readonly canary: string;
  /** Process id of the server. */
  readonly server: number;
  /** The server's namespaces, as the links below /proc/self/ns name them. */
  readonly namespaces: { readonly pid: string; readonly net: string };
  /** Of a network that reaches its targets alone. */
  readonly pod?: {
    readonly deniedAddress: string | undefined;
    readonly closedPort: ClosedPort;
  };
}

/** Each is what was tried and what came of it, never what was asked for. */
export interface SelfTestFacts {
  readonly readsServerFile: boolean;
  readonly readsServerEnvironment: boolean;
  readonly writesServerFolder: boolean;
  readonly writesSystemFolder: boolean;
  /** What root owns below /proc/sys needs no capability. */
  readonly writesKernelSettings: boolean;
  readonly signalsServer: boolean;
  /** It is alone with those that it will start, and sees no others. */
  readonly ownProcesses: boolean;
  readonly ownNetwork: boolean;
  readonly opensSockets: boolean;
  readonly noNewPrivileges: boolean;
  readonly filtersSystemCalls: boolean;
  readonly hasCapabilities: boolean;
  readonly uid: number | undefined;
  /** In a pod: an address that is no target is refused at once, or none is known. */
  readonly refusesOtherAddresses: boolean;
  /** In a pod: a port that nothing listens on is refused, so it does not look like one that does not answer. */
  readonly tellsClosedPorts: boolean;
}

/** Far more than the answer of this machine takes, less than an operator would wait for. */
const CONNECT_LIMIT_MS = 1000;

export async function selfTest({ canary, server, namespaces, pod }: SelfTestPlan): Promise<SelfTestFacts> {
  const status = readFileSync('/proc/self/status', 'latin1');
  const field = (name: string): string => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '';
  const ownProcesses = ownsProcesses(namespaces.pid);
  return {
    readsServerFile: works(() => readFileSync(canary)),
    // With processes of its own the number belongs to something else here.
    readsServerEnvironment: !ownProcesses && works(() => readFileSync(`/proc/${server}/environ`)),
    writesServerFolder: canWriteIn(dirname(canary)),
    writesSystemFolder: canWriteIn('/usr'),
    writesKernelSettings: works(() => closeSync(openSync('/proc/sys/kernel/core_pattern', 'a'))),
    signalsServer: !ownProcesses && works(() => process.kill(server, 0)),
    ownProcesses,
    ownNetwork: readlinkSync('/proc/self/ns/net') !== namespaces.net,
    opensSockets: await opensSocket(),
    noNewPrivileges: field('NoNewPrivs') === '1',
    filtersSystemCalls: field('Seccomp') === '2',
    hasCapabilities: !/^0+$/.test(field('CapEff')) || !/^0+$/.test(field('CapPrm')),
    uid: process.getuid?.(),
    refusesOtherAddresses:
      pod !== undefined && (pod.deniedAddress === undefined || (await refusesPacket(pod.deniedAddress))),
    tellsClosedPorts: pod !== undefined && (await refusesConnection(pod.closedPort)),
  };
}

function works(what: () => unknown): boolean {
  try {
    what();
    return true;
  } catch {
    return false;
  }
}

function canWriteIn(folder: string): boolean {
  const file = join(folder, `.mcp-self-test-${process.pid}`);
  return works(() => {
    closeSync(openSync(file, 'wx'));
    rmSync(file);
  });
}

function opensSocket(): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.once('error', () => resolve(false));
    socket.bind(0, '127.0.0.1', () => socket.close(() => resolve(true)));
  });
}

function refusesConnection({ address, port }: ClosedPort): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: CONNECT_LIMIT_MS });
    const over = (refused: boolean): void => {
      socket.destroy();
      resolve(refused);
    };
    socket.once('connect', () => over(false));
    socket.once('timeout', () => over(false));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => over(code === 'ECONNREFUSED'));
  });
}
