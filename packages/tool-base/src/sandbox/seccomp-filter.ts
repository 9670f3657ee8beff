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
const MISSING: readonly SyscallName[] = ['clone3', 'io_uring_setup', 'io_uring_enter', 'io_uring_register'];

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

export interface FilterOptions {
  readonly architecture: FilteredArchitecture;
  /** False where nothing else keeps programs from the network: sockets of the internet families are then refused. */
  readonly network: boolean;
}

/** The bytes that `bwrap --seccomp` and `setpriv --seccomp-filter` load. */
export function seccompFilter({ architecture, network }: FilterOptions): Buffer {
  const number = (name: SyscallName): number => syscallNumber(name, architecture);
  const filter = new BpfProgram()
    .load(ARCHITECTURE)
    .ifEqual(AUDIT_ARCHITECTURE[architecture], undefined, 'kill')
    .load(NUMBER);
  if (architecture === 'x64') filter.ifAtLeast(X32, 'missing');
  filter
    .ifEqual(number('clone'), 'clone')
    .ifEqual(number('socket'), 'socket')
    .ifEqual(number('personality'), 'personality');
  for (const name of REFUSED) filter.ifEqual(number(name), 'refused');
  for (const name of MISSING) filter.ifEqual(number(name), 'missing');
  filter.return(ALLOW);
  filter.label('clone').load(ARGUMENTS).ifAnyBit(NEW_NAMESPACES, 'refused', 'allowed');
  filter.label('socket').load(ARGUMENTS);
  for (const family of network ? REFUSED_FAMILIES : [...REFUSED_FAMILIES, ...NETWORK_FAMILIES]) {
    filter.ifEqual(family, 'refused');
  }
  filter.return(ALLOW);
  filter.label('personality').load(ARGUMENTS).ifEqual(0, 'allowed').ifEqual(ASK_PERSONALITY, 'allowed');
  return filter
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
