/** Who may read and write what the server keeps: its configuration, its key, its log, its audit trail. */
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';

import type { ServerConfig } from '../../configuration/server-config.ts';
import { advice, ok, problem, type Finding } from './finding.ts';
import type { Machine } from './machine.ts';

const READABLE_BY_OTHERS = 0o044;
const NOT_FOR_OTHERS = 0o077;
/** Less than this and a log or an audit trail soon cannot be written. */
const LITTLE_SPACE = 100 * 1024 * 1024;

/** What `mcp-server init` writes when no other name is given. */
const USUAL_FILE = 'mcp-server.yaml';

/** What the loader refuses (writable by everyone) does not come this far. */
export function checkConfigFile(machine: Machine, file: string | undefined, values: ServerConfig): Finding {
  if (file === undefined && machine.stat(USUAL_FILE)) {
    return advice(
      'configuration',
      `${USUAL_FILE} in this folder is not read: defaults and environment only.`,
      `Name it: --config ${USUAL_FILE}`,
    );
  }
  if (file === undefined) {
    return advice(
      'configuration',
      'No file: defaults and environment only.',
      'mcp-server init writes a commented file to start from.',
    );
  }
  const facts = machine.stat(file);
  const holdsKeys = values.security.apiKeys.length > 0 || values.security.apiKey !== undefined;
  if (facts && holdsKeys && (facts.mode & READABLE_BY_OTHERS) !== 0 && mentionsKeys(machine.read(file))) {
    return problem('configuration', `${file} holds keys and others may read it.`, `chmod 600 ${file}`);
  }
  return ok('configuration', `${file} is understood`);
}

function mentionsKeys(text: string | undefined): boolean {
  return /^\s*(?:-\s*)?["']?(?:apiKeys?|api_keys?)["']?\s*:/mu.test(text ?? '');
}

/** The key that a start without a configured one keeps in the user's configuration folder. */
export function checkKeyFile(
  machine: Machine,
  values: ServerConfig,
  env: Readonly<Record<string, string | undefined>>,
): Finding {
  const { auth, apiKey, apiKeys, jwt } = values.security;
  if (auth === 'none') return ok('key', 'none is asked for');
  if (apiKey !== undefined || apiKeys.length > 0 || jwt !== undefined) return ok('key', 'access is configured');
  const xdg = env['XDG_CONFIG_HOME'];
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(machine.home, '.config');
  const file = join(base, 'mcp-server', 'api-key');
  const facts = machine.stat(file);
  if (!facts) {
    const place = existingParent(machine, file);
    return machine.writable(place)
      ? ok('key', `will be made at the first start over HTTP, in ${file}`)
      : problem(
          'key',
          `No key is configured and none can be kept in ${file}: ${place} is not writable.`,
          'Make it writable for this user, or set MCP_SECURITY_API_KEY.',
        );
  }
  if ((facts.mode & NOT_FOR_OTHERS) !== 0 || (machine.uid !== undefined && facts.uid !== machine.uid)) {
    return problem(
      'key',
      `${file} is open to others, so the server will not use it.`,
      `chmod 600 ${file}, as its owner.`,
    );
  }
  return ok('key', `in ${file}`);
}

export function checkLog(machine: Machine, { logging }: ServerConfig): Finding {
  if (logging.filePath === undefined) return ok('log', 'on stderr');
  const file = resolve(logging.filePath);
  const folder = dirname(file);
  // The server creates the folder of its log when it starts.
  if (machine.stat(folder) !== undefined) return checkPlace(machine, 'log', file, 'logging.filePath');
  const parent = existingParent(machine, file);
  return machine.stat(parent)?.folder === true && machine.writable(parent)
    ? ok('log', `${file}; the folder is created at the first start`)
    : problem(
        'log',
        `The folder of ${file} does not exist and this user may not create it in ${parent}.`,
        `Create ${folder} and make it writable for this user, or change logging.filePath.`,
      );
}

/** @param connects whether a TCP connection to a host and port can be made */
export async function checkAudit(
  machine: Machine,
  { database }: ServerConfig,
  connects: (host: string, port: number) => Promise<boolean>,
): Promise<Finding> {
  const url = database.url.reveal();
  if (url === '') {
    return advice(
      'audit trail',
      'Kept in memory: it is gone after a restart.',
      'Set database.url to sqlite:FILE or postgres://...',
    );
  }
  if (url.startsWith('sqlite:')) return checkPlace(machine, 'audit trail', url.slice('sqlite:'.length), 'database.url');
  const { hostname, port } = new URL(url);
  return (await connects(hostname.replaceAll(/[[\]]/gu, ''), Number(port || 5432)))
    ? ok('audit trail', 'PostgreSQL answers')
    : problem(
        'audit trail',
        'PostgreSQL cannot be reached, so calls would be audited late or not at all.',
        'Check host and port in database.url, and that the database runs.',
      );
}

/** A file that the server writes: its folder must take it, others must not read it, and there must be room. */
function checkPlace(machine: Machine, check: string, path: string, key: string): Finding {
  const file = resolve(path);
  const folder = dirname(file);
  const facts = machine.stat(folder);
  if (!facts?.folder)
    return problem(check, `The folder of ${file} does not exist.`, `mkdir -p ${folder}, or change ${key}.`);
  const existing = machine.stat(file);
  if (!machine.writable(existing ? file : folder)) {
    return problem(check, `This user may not write ${file}.`, `Give it the folder (chown), or change ${key}.`);
  }
  if ((facts.mode & 0o002) !== 0 && (facts.mode & 0o1000) === 0) {
    return problem(
      check,
      `Everyone may replace ${basename(file)}: its folder is world-writable.`,
      `chmod o-w ${folder}`,
    );
  }
  if (existing && (existing.mode & READABLE_BY_OTHERS) !== 0) {
    return advice(check, `Others may read ${file}.`, `chmod 600 ${file}, if that is not meant.`);
  }
  const free = machine.freeBytes(folder) ?? Number.POSITIVE_INFINITY;
  if (free < LITTLE_SPACE) {
    return problem(
      check,
      `Only ${Math.floor(free / 1024 / 1024)} MiB are free for ${file}.`,
      'Make room on that disk.',
    );
  }
  return ok(check, file);
}

function existingParent(machine: Machine, path: string): string {
  let place = dirname(path);
  while (machine.stat(place) === undefined && dirname(place) !== place) place = dirname(place);
  return place;
}
