/** The filter in the kernel: perl makes each call under bubblewrap, whatever libraries would make of it. */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isInstalled } from '../test-support/claimed-programs.ts';
import { seccompFilter } from './seccomp-filter.ts';
import {
  FILTERED_ARCHITECTURES,
  SYSCALL_NAMES,
  syscallNumber,
  type FilteredArchitecture,
  type SyscallName,
} from './syscall-numbers.ts';

const architecture = process.arch as FilteredArchitecture;
const CAN_RUN = FILTERED_ARCHITECTURES.includes(architecture) && isInstalled('bwrap');
const [OK, EPERM, EAFNOSUPPORT, ENOSYS] = [0, 1, 97, 38];

/** One system call and what it answers: 0 if it works, else the errno. */
type Case = readonly [what: string, call: string, errno: number];

const number = (name: SyscallName): number => syscallNumber(name, architecture)!;
const NEW_USER = 0x1000_0000;
const SIGCHLD = 17;
const [INET, INET6, NETLINK, PACKET, ALG, VSOCK, UNIX] = [2, 10, 16, 17, 38, 40, 1];
const socket = (family: number, type: number): string => `${number('socket')}, ${family}, ${type}, 0`;

const ALWAYS: readonly Case[] = [
  ['a new namespace', `${number('unshare')}, ${NEW_USER}`, EPERM],
  ['another namespace', `${number('setns')}, 0, 0`, EPERM],
  ['tracing', `${number('ptrace')}, 0, 0, 0, 0`, EPERM],
  ['code in the kernel', `${number('bpf')}, 0, 0, 0`, EPERM],
  ['mounting', `${number('mount')}, 0, 0, 0, 0, 0`, EPERM],
  ['keys of the kernel', `${number('keyctl')}, 0, 0`, EPERM],
  ['files by handle', `${number('open_by_handle_at')}, 0, 0, 0`, EPERM],
  ['a clone in a new namespace', `${number('clone')}, ${NEW_USER | SIGCHLD}, 0, 0, 0, 0`, EPERM],
  ['any other clone', `${number('clone')}, ${SIGCHLD}, 0, 0, 0, 0`, OK],
  ['clone3', `${number('clone3')}, 0, 0`, ENOSYS],
  ['io_uring', `${number('io_uring_setup')}, 0, 0`, ENOSYS],
  ['a packet socket', socket(PACKET, 2), EPERM],
  ['a socket of the kernel’s ciphers', socket(ALG, 5), EPERM],
  ['a socket to the host of this machine', socket(VSOCK, 1), EPERM],
  ['a socket of this machine', socket(UNIX, 1), OK],
  ['a family that does not exist', socket(99, 1), EAFNOSUPPORT],
  ['limits of its own', `${number('prlimit64')}, 0, 7, 0, 0`, OK],
  ['limits of another process', `${number('prlimit64')}, 1, 7, 0, 0`, EPERM],
  ['asking for the personality', `${number('personality')}, 0xffffffff`, OK],
  ['changing the personality', `${number('personality')}, 0x0040000`, EPERM],
  ...modes(),
  ['an ordinary call', String(architecture === 'arm64' ? 172 : 39), OK],
  ...(architecture === 'x64' ? [['a call of the x32 interface', String(0x4000_0000 + 39), ENOSYS] as const] : []),
];
/** Files of this name do not exist, so what is allowed says ENOENT. */
function modes(): readonly Case[] {
  const [MISSING, CURRENT, CREATE, READ] = ['$path', -100, 0o100, 0];
  const [SETUID, SETGID, PLAIN, ENOENT] = [0o4755, 0o2755, 0o755, 2];
  const old: readonly Case[] = [
    ['setuid by chmod', `${number('chmod')}, ${MISSING}, ${SETUID}`, EPERM],
    ['any other chmod', `${number('chmod')}, ${MISSING}, ${PLAIN}`, ENOENT],
    ['setgid by open', `${number('open')}, ${MISSING}, ${CREATE}, ${SETGID}`, EPERM],
    ['setuid by creat', `${number('creat')}, ${MISSING}, ${SETUID}`, EPERM],
    ['setuid by mknod', `${number('mknod')}, ${MISSING}, ${SETUID}, 0`, EPERM],
  ];
  return [
    ...(architecture === 'x64' ? old : []),
    ['setgid by fchmod', `${number('fchmod')}, 99, ${SETGID}`, EPERM],
    ['setuid by fchmodat', `${number('fchmodat')}, ${CURRENT}, ${MISSING}, ${SETUID}`, EPERM],
    ['setuid by fchmodat2', `${number('fchmodat2')}, ${CURRENT}, ${MISSING}, ${SETUID}, 0`, EPERM],
    ['any other fchmodat', `${number('fchmodat')}, ${CURRENT}, ${MISSING}, ${PLAIN}`, ENOENT],
    ['setuid by openat', `${number('openat')}, ${CURRENT}, ${MISSING}, ${CREATE}, ${SETUID}`, EPERM],
    ['a new file', `${number('openat')}, ${CURRENT}, ${MISSING}, ${CREATE}, ${PLAIN}`, ENOENT],
    ['opening with what is no mode', `${number('openat')}, ${CURRENT}, ${MISSING}, ${READ}, ${SETUID}`, ENOENT],
    ['setuid by mknodat', `${number('mknodat')}, ${CURRENT}, ${MISSING}, ${SETUID}, 0`, EPERM],
    ['opening in a form that cannot be read', `${number('openat2')}, ${CURRENT}, ${MISSING}, 0, 0`, ENOSYS],
  ];
}

const WITH_NETWORK: readonly Case[] = [
  ['a socket of the internet', socket(INET, 1), OK],
  ['asking for addresses', socket(NETLINK, 3), OK],
];
const WITHOUT_NETWORK: readonly Case[] = [
  ['a socket of the internet', socket(INET, 1), EPERM],
  ['a datagram socket of IPv6', socket(INET6, 2), EPERM],
  ['asking for addresses', socket(NETLINK, 3), EPERM],
];

/** Makes each call in one program under the filter; a child that it made ends at once. */
function answers(cases: readonly Case[], network: boolean): readonly (readonly [what: string, errno: number])[] {
  const folder = mkdtempSync(join(tmpdir(), 'filter-'));
  writeFileSync(join(folder, 'filter'), seccompFilter({ architecture, network }));
  const filter = openSync(join(folder, 'filter'), 'r');
  try {
    const calls = cases.map(
      ([, call]) => `$r = syscall(${call}); exit if $$ != $me; print $r < 0 ? $! + 0 : 0, "\\n";`,
    );
    const perl = ['/usr/bin/perl', '-e', `$| = 1; $me = $$; $path = '/no/such/file'; ${calls.join('')}`];
    const bwrap = ['--unshare-user', '--ro-bind', '/', '/', '--dev', '/dev', '--seccomp', '3', '--', ...perl];
    const run = spawnSync('bwrap', bwrap, { stdio: ['ignore', 'pipe', 'pipe', filter], encoding: 'utf8' });
    const errnos = run.stdout.split('\n').map(Number);
    return cases.map(([what], index) => [what, errnos[index] ?? -1]);
  } finally {
    closeSync(filter);
    rmSync(folder, { recursive: true });
  }
}

describe.runIf(CAN_RUN)('the filter of system calls', () => {
  test.each([
    ['with network', true, [...ALWAYS, ...WITH_NETWORK]],
    ['without network', false, [...ALWAYS, ...WITHOUT_NETWORK]],
  ] as const)('%s refuses what no tool needs, and nothing else', (_, network, cases) => {
    expect(answers(cases, network)).toEqual(cases.map(([what, , errno]) => [what, errno]));
  });
});

/** Architecture -> a header of the kernel that has its numbers. */
const HEADERS = {
  x64: '/usr/include/x86_64-linux-gnu/asm/unistd_64.h',
  arm64: '/usr/include/asm-generic/unistd.h',
} as const;

describe.each(FILTERED_ARCHITECTURES)('on %s', (name) => {
  test('the filter has fewer instructions than a jump can cross', () => {
    for (const network of [true, false]) {
      expect(seccompFilter({ architecture: name, network }).length / 8).toBeLessThan(110);
    }
  });

  test.runIf(existsSync(HEADERS[name]))('the numbers are those of the kernel', () => {
    const header = readFileSync(HEADERS[name], 'utf8');
    const found = new Map(
      [...header.matchAll(/#define __NR(?:3264)?_(\w+)\s+(\d+)/g)].map(([, call, number]) => [call, Number(number)]),
    );
    const newest = Math.max(...found.values());
    // A call that is newer than the header is not in it.
    const known = SYSCALL_NAMES.filter((call) => (syscallNumber(call, name) ?? 0) <= newest);
    expect(known.length).toBeGreaterThan(40);
    expect(known.map((call) => [call, found.get(call)])).toEqual(
      known.map((call) => [call, syscallNumber(call, name)]),
    );
  });
});
