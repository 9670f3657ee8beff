/** Checks of the files of the server: configuration, key, log, audit trail. */
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';

import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { warning, ok, problem, type Finding } from './finding.ts';
import type { Machine } from './machine.ts';

const READABLE_BY_OTHERS = 0o044;
const NOT_FOR_OTHERS = 0o077;
/** Bytes of free disk space below which a log or an audit trail soon cannot be written. */
const MIN_FREE_BYTES = 100 * 1024 * 1024;

/** A file that everyone can write never gets here: the loader rejects it. */
export function checkConfigFile(machine: Machine, file: string | undefined, values: ServerConfig): Finding {
  if (file === undefined) {
    return warning(
      'configuration',
      'No file: defaults and environment only.',
      'Run mcp-server init for a commented file.',
    );
  }
  const facts = machine.stat(file);
  const holdsKeys = values.security.apiKeys.length > 0 || values.security.apiKey !== undefined;
  if (facts && holdsKeys && (facts.mode & READABLE_BY_OTHERS) !== 0 && mentionsKeys(machine.read(file))) {
    return problem('configuration', `${file} contains keys and is readable by others.`, `chmod 600 ${file}`);
  }
  return ok('configuration', `${file} is valid`);
}

function mentionsKeys(text: string | undefined): boolean {
  return /^\s*(?:-\s*)?["']?(?:apiKeys?|api_keys?)["']?\s*:/mu.test(text ?? '');
}

/** The generated key of a server without a configured one, in the user's configuration folder. */
export function checkKeyFile(
  machine: Machine,
  values: ServerConfig,
  env: Readonly<Record<string, string | undefined>>,
): Finding {
  const { auth, apiKey, apiKeys, jwt } = values.security;
  if (auth === 'none') return ok('key', 'authentication is off');
  if (apiKey !== undefined || apiKeys.length > 0 || jwt !== undefined) return ok('key', 'access is configured');
  const xdg = env['XDG_CONFIG_HOME'];
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(machine.home, '.config');
  const store = values.security.keyStore ?? join(base, 'mcp-server', 'keys.json');
  // A store without keys has no hash; one that is invalid keeps the configuration from loading.
  if (machine.read(store)?.includes('"hash"') === true) return ok('key', `stored keys in ${store}`);
  const file = join(base, 'mcp-server', 'api-key');
  const facts = machine.stat(file);
  if (!facts) {
    const place = existingParent(machine, file);
    return machine.writable(place)
      ? ok('key', `will be generated at the first start over HTTP, in ${file}`)
      : problem(
          'key',
          `No key is configured and none can be stored in ${file}: ${place} is not writable.`,
          'Make it writable for this user, or set MCP_SECURITY_API_KEY.',
        );
  }
  if ((facts.mode & NOT_FOR_OTHERS) !== 0 || (machine.uid !== undefined && facts.uid !== machine.uid)) {
    return problem(
      'key',
      `${file} is accessible to others, so the server will not use it.`,
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

/** @param logInFailure why a log-in at PostgreSQL fails, else `undefined` */
export async function checkAudit(
  machine: Machine,
  { database }: ServerConfig,
  logInFailure: (url: string) => Promise<string | undefined>,
): Promise<Finding> {
  const url = database.url.reveal();
  if (url === '') {
    return warning(
      'audit trail',
      'Kept in memory: lost at a restart.',
      'Set database.url to sqlite:FILE or postgres://...',
    );
  }
  if (url.startsWith('sqlite:')) return checkPlace(machine, 'audit trail', url.slice('sqlite:'.length), 'database.url');
  const failure = await logInFailure(url);
  return failure === undefined
    ? ok('audit trail', 'PostgreSQL accepts the log-in')
    : problem(
        'audit trail',
        `PostgreSQL cannot be used: ${failure}. Entries would wait in memory, and be lost when the buffer is full.`,
        'Correct database.url, or what it names.',
      );
}

/** A file that the server writes: its folder is writable, others cannot read it, and the disk has free space. */
function checkPlace(machine: Machine, check: string, path: string, key: string): Finding {
  const file = resolve(path);
  const folder = dirname(file);
  const facts = machine.stat(folder);
  if (!facts?.folder)
    return problem(check, `The folder of ${file} does not exist.`, `mkdir -p ${folder}, or change ${key}.`);
  const existing = machine.stat(file);
  if (existing?.folder === true) return problem(check, `${file} is a folder.`, `Name a file in ${key}.`);
  if (!machine.writable(existing ? file : folder)) {
    return problem(
      check,
      `This user may not write ${file}.`,
      `Change the owner of the folder (chown), or change ${key}.`,
    );
  }
  if ((facts.mode & 0o002) !== 0 && (facts.mode & 0o1000) === 0) {
    return problem(
      check,
      `Everyone can replace ${basename(file)}: its folder is world-writable.`,
      `chmod o-w ${folder}`,
    );
  }
  if (existing && (existing.mode & READABLE_BY_OTHERS) !== 0) {
    return warning(check, `Others can read ${file}.`, `chmod 600 ${file}, if that is not intended.`);
  }
  const free = machine.freeBytes(folder) ?? Number.POSITIVE_INFINITY;
  if (free < MIN_FREE_BYTES) {
    return problem(
      check,
      `Only ${Math.floor(free / 1024 / 1024)} MiB are free for ${file}.`,
      'Free space on that disk.',
    );
  }
  return ok(check, file);
}

function existingParent(machine: Machine, path: string): string {
  let place = dirname(path);
  while (machine.stat(place) === undefined && dirname(place) !== place) place = dirname(place);
  return place;
}
