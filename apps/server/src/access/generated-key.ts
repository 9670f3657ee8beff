import { randomBytes } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

export interface GeneratedKey {
  readonly key: string;
  /** Absolute path of the key file. */
  readonly file: string;
  /** True on the start that created it, which is the only one that prints it. */
  readonly created: boolean;
}

export interface GeneratedKeyOptions {
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** @default os.homedir() */
  readonly home?: string;
}

/** The key file cannot be used. The message is for the operator: it names the file and the fix. */
export class GeneratedKeyError extends Error {
  override readonly name = 'GeneratedKeyError';
}

const KEY = /^mcp_[A-Za-z0-9_-]{43}$/;

/**
 * The key used when none is configured: 256 random bits in `mcp-server/api-key` under the user's configuration folder
 * (`$XDG_CONFIG_HOME`, else `~/.config`; XDG Base Directory Specification 0.8), readable by the owner only.
 *
 * @throws {GeneratedKeyError} when the file cannot be created, is readable by others, or contains no key
 */
export function loadOrCreateGeneratedKey(options: GeneratedKeyOptions = {}): GeneratedKey {
  const folder = join(configFolder(options), 'mcp-server');
  const file = join(folder, 'api-key');
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const created = createKeyFile(folder, file);
    return { key: readKeyFile(file), file, created };
  } catch (error) {
    if (error instanceof GeneratedKeyError) throw error;
    throw new GeneratedKeyError(
      `No API key is configured, and none could be stored in ${file} (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}). Make that folder writable, or set MCP_SECURITY_API_KEY.`,
      { cause: error },
    );
  }
}

function configFolder({ env = process.env, home = homedir() }: GeneratedKeyOptions): string {
  const xdg = env['XDG_CONFIG_HOME'];
  // The specification tells programs to ignore a relative path.
  return xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.config');
}

/** Creates the file atomically, so that two servers that start together agree on one key. */
function createKeyFile(folder: string, file: string): boolean {
  const draft = join(folder, `.api-key.${randomBytes(6).toString('hex')}`);
  writeFileSync(draft, `mcp_${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}

function readKeyFile(file: string): string {
  // One descriptor for check and read; O_NOFOLLOW rejects a symbolic link, O_NONBLOCK keeps a pipe from blocking the start.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || (stat.mode & 0o077) !== 0 || stat.uid !== process.getuid?.()) {
      throw new GeneratedKeyError(
        `The key file ${file} must be a regular file that belongs to this user and is not readable by others: run chmod 600, or delete the file to get a new key.`,
      );
    }
    const key = stat.size <= 1024 ? readFileSync(descriptor, 'utf8').trimEnd() : '';
    if (!KEY.test(key)) {
      throw new GeneratedKeyError(
        `The key file ${file} contains no key of this server: delete the file to get a new key.`,
      );
    }
    return key;
  } finally {
    closeSync(descriptor);
  }
}
