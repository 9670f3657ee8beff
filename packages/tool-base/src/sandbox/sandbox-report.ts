import type { Launcher } from '../launcher/program.ts';
import { limitSupport } from '../launcher/resource-limits.ts';
import { isBelow, MECHANISMS, type Mechanism, type SandboxLevel } from './level.ts';
import { isConfined, type SandboxRequest } from './profile.ts';

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
    /** `text`: only the check of arguments against the target policy. */
    readonly enforcedBy: 'namespace' | 'filter' | 'text';
  };
  readonly syscalls: SandboxRequest['syscalls'];
  /** `null`: the user of the server. */
  readonly user: string | null;
  /** `session`: a process that leaves its session outlives the run. */
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
    network: { mode: network, enforcedBy: confined && network === 'none' ? enforcerOf(level) : 'text' },
    syscalls: confined ? syscalls : 'off',
    user: status?.user ?? null,
    escape: level === 'full' ? 'none' : 'session',
    ...(below.length > 0 && { below }),
  };
}

function enforcerOf(level: SandboxLevel): 'namespace' | 'filter' {
  return level === 'full' ? 'namespace' : 'filter';
}

const NOT_STARTED = 'The sandbox of this tool could not be started.';

/** Why a program must not run at this level, for callers; `undefined` when it may. */
export function refusalOf(minimum: SandboxLevel, level: SandboxLevel | undefined): string | undefined {
  if (level === undefined) return NOT_STARTED;
  return isBelow(level, minimum)
    ? `This tool needs the sandbox level ${minimum}; this machine gives ${level}.`
    : undefined;
}
