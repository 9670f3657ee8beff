import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

import type { DeepReadonly } from '@mcp/config';
import { findProgram, isBelow, isConfined } from '@mcp/tool-base';
import type { SandboxLevel, SandboxProfile, SandboxRequest } from '@mcp/tool-base';

import type { ToolSandboxDeclaration } from '../fields/sandbox-section.ts';
import type { ServerConfig } from '../shape/server-config.ts';
import type { FrozenProgramDeclaration } from '../shape/tool-declaration.ts';

type FrozenServerConfig = DeepReadonly<ServerConfig>;

const PING_GROUPS = '/proc/sys/net/ipv4/ping_group_range';

export interface SandboxedTool {
  readonly command: string;
  /** The keys of its own; `undefined` where it has none. */
  readonly own: ToolSandboxDeclaration | undefined;
  /** That it is given: its working directory, and those of its path parameters. */
  readonly folders: readonly string[];
  /** Where its own keys do not say. */
  readonly network: SandboxProfile['network'];
  readonly dns?: boolean;
}

/** Programs that would show the network of their own instead of the way to the target, or mistake its silence for the target's. */
const NEEDS_REAL_NETWORK = /^(?:traceroute6?|tracepath6?|tcptraceroute|mtr|lft|nmap|masscan|zmap|arping)$/;

/** A declared program, as far as its sandbox depends on it. */
export function sandboxedTool(declared: FrozenProgramDeclaration): SandboxedTool {
  const { command, sandbox, cwd, target, parameters } = declared;
  const folders = Object.values(parameters).flatMap((each) => (each.type === 'path' ? [each.within] : []));
  return {
    command,
    own: sandbox,
    folders: cwd === undefined ? folders : [cwd, ...folders],
    network: target === 'none' ? 'none' : 'targets',
  };
}

/** What the configuration asks for one tool. */
export function sandboxRequest(
  { sandbox, security }: Pick<FrozenServerConfig, 'sandbox' | 'security'>,
  tool: SandboxedTool,
): SandboxRequest {
  const { own, folders } = tool;
  const lowest = own?.minimum ?? sandbox.minimum ?? (process.platform === 'linux' ? 'limits' : 'none');
  const byDefault = own !== undefined || isConfined(lowest) ? 'auto' : 'limits';
  const named = own?.mode ?? sandbox.mode;
  const wanted = named ?? byDefault;
  const below = wanted === 'auto' ? needsPrivileges(tool.command) : undefined;
  const mode = below === undefined ? wanted : 'limits';
  // A level by its name is that or nothing.
  const minimum: SandboxLevel = named !== undefined && mode !== 'auto' && isBelow(lowest, mode) ? mode : lowest;
  if (mode !== 'auto' && !isConfined(mode)) {
    const profile = { mode, read: [], write: [], network: 'host', syscalls: 'off' } as const;
    return { ...profile, minimum: mode === 'none' ? 'none' : minimum, ...(below !== undefined && { below }) };
  }
  const write = own?.write ?? [];
  const readable = folders.filter((folder) => !write.some((each) => folder === each || folder.startsWith(`${each}/`)));
  return {
    mode,
    minimum,
    read: [...new Set([...sandbox.read, ...(own?.read ?? []), ...readable, ...programFile(tool.command)])],
    write,
    syscalls: own?.syscalls ?? 'standard',
    ...networkOf(tool, security, minimum),
  };
}

/** The programs of health checks, with the path of each: confined as tools without keys of their own. */
export function healthCheckSandboxes(
  config: Pick<FrozenServerConfig, 'sandbox' | 'security' | 'health'>,
): readonly (readonly [path: string, request: SandboxRequest])[] {
  return config.health.dependencies.flatMap((dependency) =>
    dependency.type === 'command'
      ? [[`health.dependencies.${dependency.name}`, healthCheckSandbox(config, dependency.command)] as const]
      : [],
  );
}

export function healthCheckSandbox(
  config: Pick<FrozenServerConfig, 'sandbox' | 'security'>,
  command: string,
): SandboxRequest {
  return sandboxRequest(config, { command, own: undefined, folders: [], network: 'host' });
}

/** A program in a sandbox gains no privileges, so ping must be allowed to open its socket without any. */
function needsPrivileges(command: string): string | undefined {
  if (basename(command) !== 'ping') return undefined;
  try {
    const [first = 1, last = 0] = readFileSync(PING_GROUPS, 'latin1').trim().split(/\s+/).map(Number);
    const group = process.getgid?.() ?? 0;
    if (first <= group && group <= last) return undefined;
  } catch {
    return undefined;
  }
  return 'ping may open no ICMP socket here without privileges: set the sysctl net.ipv4.ping_group_range to "0 2147483647"';
}

function networkOf(
  { command, own, network: byDefault, dns = true }: SandboxedTool,
  { allowedTargets, deniedTargets }: Pick<FrozenServerConfig['security'], 'allowedTargets' | 'deniedTargets'>,
  minimum: SandboxLevel,
): Pick<SandboxRequest, 'network' | 'targets' | 'needsHeldTargets'> {
  const network = own?.network ?? byDefault;
  if (network !== 'targets') return { network };
  const program = basename(command);
  return {
    network,
    targets: {
      allowed: [...allowedTargets, ...(own?.egress ?? [])],
      denied: deniedTargets,
      dns: own?.dns ?? dns,
      ...(NEEDS_REAL_NETWORK.test(program) && { shared: `${program} needs the network of the machine.` }),
    },
    ...(own?.network === 'targets' && isConfined(minimum) && { needsHeldTargets: true }),
  };
}

/** Programs of the system are visible anyway. */
function programFile(command: string): readonly string[] {
  const file = findProgram(command);
  if (!file.found || /^\/(?:usr|bin|sbin|lib(?:32|64|x32)?)\//.test(file.path)) return [];
  return [file.path];
}
