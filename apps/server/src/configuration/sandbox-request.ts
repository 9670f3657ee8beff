import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

import { findProgram, isBelow, isConfined, type SandboxLevel, type SandboxRequest } from '@mcp/tool-base';

import type { SandboxConfig, ToolSandboxDeclaration } from './sandbox-section.ts';
import type { FrozenProgramDeclaration } from './tool-declaration.ts';

const PING_GROUPS = '/proc/sys/net/ipv4/ping_group_range';

export interface SandboxedTool {
  readonly command: string;
  /** The keys of its own; `undefined` where it has none. */
  readonly own: ToolSandboxDeclaration | undefined;
  /** That it is given: its working directory, and those of its path parameters. */
  readonly folders: readonly string[];
  readonly hasTarget: boolean;
}

/** A declared program, as far as its sandbox depends on it. */
export function sandboxedTool(declared: FrozenProgramDeclaration): SandboxedTool {
  const { command, sandbox, cwd, target, parameters } = declared;
  const folders = Object.values(parameters).flatMap((each) => (each.type === 'path' ? [each.within] : []));
  return {
    command,
    own: sandbox,
    folders: cwd === undefined ? folders : [cwd, ...folders],
    hasTarget: target !== 'none',
  };
}

/** What the configuration asks for one tool. */
export function sandboxRequest(sandbox: SandboxConfig, tool: SandboxedTool): SandboxRequest {
  const { own, folders, hasTarget } = tool;
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
    network: own?.network ?? (hasTarget ? 'host' : 'none'),
    syscalls: own?.syscalls ?? 'standard',
  };
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

/** Programs of the system are visible anyway. */
function programFile(command: string): readonly string[] {
  const file = findProgram(command);
  if (!file.found || /^\/(?:usr|bin|sbin|lib(?:32|64|x32)?)\//.test(file.path)) return [];
  return [file.path];
}
