/**
 * The system calls that no tool needs, as a seccomp filter. Everything else is allowed: the filter makes the kernel smaller for
 * programs, it is no policy of its own.
 */

import { BpfProgram } from './bpf.ts';
import { syscallNumber, type FilteredArchitecture, type SyscallName } from './syscall-numbers.ts';

/** struct seccomp_data */
const NUMBER = 0;
const ARCHITECTURE = 4;
const ARGUMENTS = 16;
const ARGUMENT_BYTES = 8;

const ALLOW = 0x7fff_0000;
const KILL_PROCESS = 0x8000_0000;
const FAIL = 0x0005_0000;
const EPERM = 1;
const ENOSYS = 38;

const AUDIT_ARCHITECTURE = { x64: 0xc000_003e, arm64: 0xc000_00b7 } as const;
/** A call of the x32 interface, which x64 kernels may have, has this bit in its number. */
const X32 = 0x4000_0000;

const REFUSED: readonly SyscallName[] = [
  'mount',
  'umount2',
  'pivot_root',
  'chroot',
  'move_mount',
  'open_tree',
  'fsopen',
  'fsconfig',
  'fsmount',
  'fspick',
  'mount_setattr',
  'unshare',
  'setns',
  'ptrace',
  'process_vm_readv',
  'process_vm_writev',
  'pidfd_getfd',
  'bpf',
  'perf_event_open',
  'userfaultfd',
  'add_key',
  'request_key',
  'keyctl',
  'kexec_load',
  'kexec_file_load',
  'init_module',
  'finit_module',
  'delete_module',
  'reboot',
  'swapon',
  'swapoff',
  'acct',
  'settimeofday',
  'clock_settime',
  'clock_adjtime',
  'quotactl',
  'quotactl_fd',
  'open_by_handle_at',
];

/** Refused as if this kernel did not have them: libraries then use the older call. */
const MISSING: readonly SyscallName[] = ['clone3', 'openat2', 'io_uring_setup', 'io_uring_enter', 'io_uring_register'];

/** With the place of the mode among the arguments. */
const MODE_ARGUMENTS: readonly (readonly [name: SyscallName, mode: number])[] = [
  ['chmod', 1],
  ['fchmod', 1],
  ['fchmodat', 2],
  ['fchmodat2', 2],
  ['mknod', 1],
  ['mknodat', 2],
  ['creat', 1],
];
/** With the place of the flags; the mode follows, and means something only where a file is made. */
const FLAGS_ARGUMENTS: readonly (readonly [name: SyscallName, flags: number])[] = [
  ['open', 1],
  ['openat', 2],
];
/** O_CREAT and O_TMPFILE. */
const MAKES_FILE = 0x40_0040;
/** S_ISUID and S_ISGID: a program in such a file runs as its owner, whoever starts it, long after the sandbox is gone. */
const RUNS_AS_OWNER = 0o6000;

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
const NEW_NAMESPACES = 0x7e02_0000;

const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const AF_PACKET = 17;
const AF_ALG = 38;
const AF_VSOCK = 40;
const REFUSED_FAMILIES = [AF_PACKET, AF_ALG, AF_VSOCK];
const NETWORK_FAMILIES = [AF_INET, AF_INET6, AF_NETLINK];

/** `personality` with it only asks. */
const ASK_PERSONALITY = 0xffff_ffff;

/** The process that `prlimit64` is about: of its own only, or a helper without a descriptor left would start no program any more. */
const OWN_LIMITS = 0;

export interface FilterOptions {
  readonly architecture: FilteredArchitecture;
  /** False where nothing else keeps programs from the network: sockets of the internet families are then refused. */
  readonly network: boolean;
}

/** The bytes that `bwrap --seccomp` and `setpriv --seccomp-filter` load. */
export function seccompFilter({ architecture, network }: FilterOptions): Buffer {
  const filter = new BpfProgram()
    .load(ARCHITECTURE)
    .ifEqual(AUDIT_ARCHITECTURE[architecture], undefined, 'kill')
    .load(NUMBER);
  if (architecture === 'x64') filter.ifAtLeast(X32, 'missing');
  const when = (name: SyscallName, label: string): void => {
    const number = syscallNumber(name, architecture);
    if (number !== undefined) filter.ifEqual(number, label);
  };
  for (const name of ['clone', 'socket', 'personality', 'prlimit64'] as const) when(name, name);
  for (const [name, mode] of MODE_ARGUMENTS) when(name, `mode ${mode}`);
  for (const [name, flags] of FLAGS_ARGUMENTS) when(name, `flags ${flags}`);
  for (const name of REFUSED) when(name, 'refused');
  for (const name of MISSING) when(name, 'missing');
  filter.return(ALLOW);
  for (const at of [1, 2]) {
    filter
      .label(`flags ${at}`)
      .load(argument(at))
      .ifAnyBit(MAKES_FILE, `mode ${at + 1}`, 'allowed');
  }
  for (const at of [1, 2, 3])
    filter.label(`mode ${at}`).load(argument(at)).ifAnyBit(RUNS_AS_OWNER, 'refused', 'allowed');
  filter.label('clone').load(argument(0)).ifAnyBit(NEW_NAMESPACES, 'refused', 'allowed');
  filter.label('socket').load(argument(0));
  for (const family of network ? REFUSED_FAMILIES : [...REFUSED_FAMILIES, ...NETWORK_FAMILIES]) {
    filter.ifEqual(family, 'refused');
  }
  filter.return(ALLOW);
  filter.label('personality').load(argument(0)).ifEqual(0, 'allowed').ifEqual(ASK_PERSONALITY, 'allowed', 'refused');
  return filter
    .label('prlimit64')
    .load(argument(0))
    .ifEqual(OWN_LIMITS, 'allowed')
    .label('refused')
    .return(FAIL | EPERM)
    .label('missing')
    .return(FAIL | ENOSYS)
    .label('kill')
    .return(KILL_PROCESS)
    .label('allowed')
    .return(ALLOW)
    .assemble();
}

/** The lower half of an argument. */
function argument(at: number): number {
  return ARGUMENTS + at * ARGUMENT_BYTES;
}
