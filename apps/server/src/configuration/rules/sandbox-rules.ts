/** Rules on the paths and users of sandboxes, which a helper would otherwise break on, or a program use to get out. */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { CheckProblem } from '@mcp/config';
import { isConfined, profileKey, type ProgramUser } from '@mcp/tool-base';

import type { ServerConfig } from '../shape/server-config.ts';
import { homeFolder } from '../../foundation/home-folder.ts';
import { presetSandboxes } from '../settings/preset-sandbox.ts';
import { healthCheckSandboxes, sandboxedTool, sandboxRequest } from '../settings/sandbox-request.ts';
import type { ToolSandboxDeclaration } from '../fields/sandbox-section.ts';
import { programsOf, type FrozenProgramDeclaration } from '../shape/tool-declaration.ts';

const REFUSED_FOLDERS = ['/', '/proc', '/sys', '/dev', '/run', '/var/run', '/home', '/root', '/etc'];
const LIST_FILES = 'list the single files or the folder that the program needs';

type Configured = Pick<
  ServerConfig,
  'sandbox' | 'tools' | 'presets' | 'upstreams' | 'security' | 'database' | 'logging' | 'health'
>;

export function sandboxProblems(config: Configured): CheckProblem[] {
  return [...pathProblems(config), ...modeProblems(config), ...networkProblems(config), ...profileProblems(config)];
}

/** The user by its name; `undefined` when there is none. */
export function findUser(name: string): ProgramUser | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((each) => each.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { name, uid: Number(uid), gid: Number(gid) };
}

function pathProblems(config: Configured): CheckProblem[] {
  const own = filesOfServer(config);
  const listed = (at: readonly string[], key: 'read' | 'write', paths: readonly string[]): CheckProblem[] =>
    paths.flatMap((path, index) => {
      const message = pathProblem(path, own, key === 'write' ? 'be a folder' : 'exist');
      if (message === undefined) return [];
      return [{ path: [...at, key, String(index)], message: `(${path}) ${message}`, suggestion: LIST_FILES }];
    });
  return [
    ...listed(['sandbox'], 'read', config.sandbox.read),
    ...ownSandboxes(config).flatMap(([at, { read, write }]) => [
      ...listed(at, 'read', read),
      ...listed(at, 'write', write),
      ...nestedProblems(at, read, write),
    ]),
    ...programsOf(config.tools).flatMap(([name, { parameters }]) => parameterProblems(name, parameters, own)),
  ];
}

/** Of tools and of upstreams, with the path of the key. */
function ownSandboxes({ tools, upstreams }: Configured): (readonly [readonly string[], ToolSandboxDeclaration])[] {
  const of = (
    section: string,
    entries: Readonly<Record<string, { readonly sandbox: ToolSandboxDeclaration | undefined }>>,
  ) =>
    Object.entries(entries).flatMap(([name, { sandbox }]) =>
      sandbox === undefined ? [] : [[[section, name, 'sandbox'], sandbox] as const],
    );
  return [...of('tools', tools), ...of('upstreams', upstreams)];
}

function pathProblem(path: string, own: readonly string[], must: 'exist' | 'be a folder'): string | undefined {
  let real: string;
  try {
    real = realpathSync(path);
  } catch {
    return 'does not exist';
  }
  const found = statSync(real);
  if (REFUSED_FOLDERS.includes(real)) return 'holds far more than one program may see';
  if (REFUSED_FOLDERS.slice(1, 6).some((folder) => real.startsWith(`${folder}/`))) return 'is of the running system';
  if (!found.isDirectory() && !found.isFile()) return 'is neither a file nor a folder';
  if (must === 'be a folder' && !found.isDirectory()) return 'is not a folder';
  if (own.some((file) => file === real || file.startsWith(`${real}/`))) {
    return 'is or holds a file of this server that no program may reach';
  }
  return undefined;
}

/** A caller chooses what the program reads in the folder of a path parameter, with or without a sandbox. */
function parameterProblems(
  tool: string,
  parameters: FrozenProgramDeclaration['parameters'],
  own: readonly string[],
): CheckProblem[] {
  return Object.entries(parameters).flatMap(([name, parameter]) => {
    if (parameter.type !== 'path') return [];
    const message = pathProblem(parameter.within, own, 'be a folder');
    if (message === undefined) return [];
    const path = ['tools', tool, 'parameters', name, 'within'];
    const suggestion = 'name a folder that holds only what callers may choose';
    return [{ path, message: `(${parameter.within}) ${message}`, suggestion }];
  });
}

/** A program could replace a folder on the way by a link while the next helper is being set up. */
function nestedProblems(at: readonly string[], read: readonly string[], write: readonly string[]): CheckProblem[] {
  return read.flatMap((path, index) => {
    const folder = write.find((each) => path.startsWith(`${each}/`));
    if (folder === undefined) return [];
    return [
      {
        path: [...at, 'read', String(index)],
        message: `(${path}) is below ${folder}, which the program may write`,
        suggestion: 'remove it',
      },
    ];
  });
}

/** Keys, audit trail and log. */
function filesOfServer({ security, database, logging }: Configured): readonly string[] {
  const keys = join(homeFolder(), '.config/mcp-server');
  const url = database.url.reveal();
  const files = [
    join(keys, 'api-key'),
    security.keyStore ?? join(keys, 'keys.json'),
    ...(url.startsWith('sqlite:') ? [url.slice('sqlite:'.length)] : []),
    ...(logging.filePath === undefined ? [] : [logging.filePath]),
  ];
  return files.map((file) => {
    try {
      return join(realpathSync(dirname(file)), file.slice(dirname(file).length + 1));
    } catch {
      return file;
    }
  });
}

/** What no helper of its own holds would be a key without effect. */
function modeProblems(config: Configured): CheckProblem[] {
  return ownSandboxes(config).flatMap(([at, own]) => {
    const mode = own.mode ?? config.sandbox.mode ?? 'auto';
    if (mode === 'auto' || isConfined(mode)) return [];
    const keys = [
      ...(own.read.length > 0 ? ['read'] : []),
      ...(own.write.length > 0 ? ['write'] : []),
      ...(own.network === 'none' || own.network === 'targets' ? ['network'] : []),
    ];
    return keys.map((key) => ({
      path: [...at, key],
      message: `has no effect at the level ${mode}`,
      suggestion: 'remove it, or set mode to auto, files or full',
    }));
  });
}

/** Only a network of targets has more addresses, or a choice about names. */
function networkProblems({ tools, upstreams }: Configured): CheckProblem[] {
  const network = (at: readonly string[], { network, egress, dns }: ToolSandboxDeclaration, byDefault: string) => {
    if ((network ?? byDefault) === 'targets') return [];
    const keys = [...(egress.length > 0 ? ['egress'] : []), ...(dns === undefined ? [] : ['dns'])];
    return keys.map((key) => ({
      path: [...at, key],
      message: `has no effect with network ${network ?? byDefault}`,
      suggestion: 'remove it, or set network to targets',
    }));
  };
  return [
    ...programsOf(tools).flatMap(([name, { sandbox, target }]) =>
      sandbox === undefined ? [] : network(['tools', name, 'sandbox'], sandbox, target === 'none' ? 'none' : 'targets'),
    ),
    ...Object.entries(upstreams).flatMap(([name, { sandbox }]) =>
      sandbox === undefined ? [] : network(['upstreams', name, 'sandbox'], sandbox, 'host'),
    ),
  ];
}

/** What depends on who starts the server. */
export function userProblems({ sandbox }: Pick<ServerConfig, 'sandbox'>): CheckProblem[] {
  if (sandbox.user === undefined) return [];
  const path = ['sandbox', 'user'];
  if (process.getuid?.() !== 0) {
    return [
      {
        path,
        message: 'needs a server that runs as root',
        suggestion: 'remove it: programs run as the user of the server',
      },
    ];
  }
  const user = findUser(sandbox.user);
  if (user === undefined) {
    return [
      {
        path,
        message: `(${sandbox.user}) is not in /etc/passwd`,
        suggestion: `create it: useradd --system ${sandbox.user}`,
      },
    ];
  }
  return user.uid === 0 ? [{ path, message: `(${sandbox.user}) is root`, suggestion: 'name another user' }] : [];
}

function profileProblems(config: Configured): CheckProblem[] {
  const { sandbox } = config;
  const profiles = new Map<string, string[]>();
  const asked = [
    ...programsOf(config.tools).map(([name, tool]) => [name, sandboxRequest(config, sandboxedTool(tool))] as const),
    ...presetSandboxes(config),
    ...healthCheckSandboxes(config),
  ];
  for (const [name, request] of asked) {
    if (request.mode !== 'auto' && !isConfined(request.mode)) continue;
    const key = profileKey(request);
    profiles.set(key, [...(profiles.get(key) ?? []), name]);
  }
  if (profiles.size <= sandbox.maxProfiles) return [];
  const groups = [...profiles.values()].map((names) => names.join(' and '));
  return [
    {
      path: ['sandbox', 'maxProfiles'],
      message: `(${sandbox.maxProfiles}) is less than the ${profiles.size} different sandboxes of ${groups.join('; ')}`,
      suggestion: 'give tools the same sandbox, or raise it',
    },
  ];
}
