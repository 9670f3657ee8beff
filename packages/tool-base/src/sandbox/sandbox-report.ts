import type { Launcher } from '../launcher/program.ts';
import { limitSupport } from '../launcher/resource-limits.ts';
import { isBelow, MECHANISMS, type Mechanism, type SandboxLevel } from './level.ts';
import { isConfined, type SandboxRequest } from './profile.ts';
import type { HeldNetwork, SandboxStatus } from './sandbox-status.ts';

/** How the programs of one tool are confined, as observed; plain JSON. */
export interface SandboxReport {
  /** `null` while the sandbox is being started, or could not be. */
  readonly level: SandboxLevel | null;
  readonly minimum: SandboxLevel;
  readonly mechanism: Mechanism;
  /** Paths beside the system's programs and the private folder; `null` where programs reach what the user of the server may. */
  readonly files: { readonly read: readonly string[]; readonly write: readonly string[] } | null;
  readonly network: {
    readonly mode: SandboxRequest['network'];
    /** As observed; `text`: only the check of arguments against the target policy. */
    readonly enforcedBy: HeldNetwork['by'];
    /** Why it is not a network of its own, where one was asked for. */
    readonly below?: readonly string[];
  };
  readonly syscalls: SandboxRequest['syscalls'];
  /** `null`: the user of the server. */
  readonly user: string | null;
  /** `session`: a process that leaves its session, replaces its environment and loses its parent outlives the run. */
  readonly escape: 'none' | 'session';
  /** Why it is not stronger, from the strongest level that was tried. */
  readonly below?: readonly string[];
}

/** @param launcher the one that runs the programs; without a sandbox they have their limits */
export function sandboxReport(request: SandboxRequest, launcher: Launcher | undefined): SandboxReport {
  const plain = limitSupport() === 'enforced' ? 'limits' : 'none';
  const status = launcher?.sandboxOf?.(request);
  const level = launcher?.sandboxOf === undefined ? plain : status?.level;
  const confined = level !== undefined && isConfined(level);
  const { read, write, network, syscalls, minimum } = request;
  const below = [...(request.below === undefined ? [] : [request.below]), ...(status?.below ?? [])];
  return {
    level: level ?? null,
    minimum,
    mechanism: MECHANISMS[level ?? 'none'],
    files: confined ? { read, write } : null,
    network: { mode: network, ...networkReport(status) },
    syscalls: confined ? syscalls : 'off',
    user: status?.user ?? null,
    escape: level === 'full' ? 'none' : 'session',
    ...(below.length > 0 && { below }),
  };
}

function networkReport(status: SandboxStatus | undefined): Omit<SandboxReport['network'], 'mode'> {
  const { by = 'text', below = [] } = status?.network ?? {};
  return { enforcedBy: by, ...(below.length > 0 && { below }) };
}

const NOT_STARTED = 'The sandbox of this tool could not be started.';

/**
 * Why a program must not run, for callers; `undefined` when it may.
 *
 * @param status undefined while nothing can be started
 */
export function refusalOf(
  { minimum, needsHeldTargets = false }: Pick<SandboxRequest, 'minimum' | 'needsHeldTargets'>,
  status: Pick<SandboxStatus, 'level' | 'network'> | undefined,
): string | undefined {
  if (status?.level === undefined) return NOT_STARTED;
  if (isBelow(status.level, minimum)) {
    return `This tool needs the sandbox level ${minimum}; this machine gives ${status.level}.`;
  }
  return needsHeldTargets && status.network.by === 'text'
    ? 'This tool needs a network that reaches its targets alone; this machine gives none.'
    : undefined;
}
