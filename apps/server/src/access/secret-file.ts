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
  type Stats,
} from 'node:fs';
import { join } from 'node:path';

import { userFolder, type UserFolderOptions } from './user-folder.ts';

export interface SecretFile {
  readonly secret: string;
  /** Absolute path. */
  readonly file: string;
  /** True when this call created it. */
  readonly created: boolean;
}

/** `unavailable`: it can be neither read nor created. `exposed`: others may read it. `invalid`: it holds something else. */
export type SecretFileProblem = 'unavailable' | 'exposed' | 'invalid';

export class SecretFileError extends Error {
  override readonly name = 'SecretFileError';
  readonly problem: SecretFileProblem;
  readonly file: string;

  constructor(problem: SecretFileProblem, file: string, cause?: unknown) {
    super(`The file ${file} cannot be used: ${problem}.`, { cause });
    this.problem = problem;
    this.file = file;
  }
}

/**
 * 256 random bits in the file `name` of the user's folder, readable by the owner only, created by the first call.
 *
 * @param prefix what the secret begins with, so that a reader can tell what it is
 * @throws {SecretFileError} when the file cannot be created, is readable by others, or holds no such secret
 */
export function loadOrCreateSecret(name: string, prefix: string, options: UserFolderOptions = {}): SecretFile {
  const folder = userFolder(options);
  const file = join(folder, name);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const created = create(folder, file, prefix);
    return { secret: read(file, prefix), file, created };
  } catch (error) {
    throw error instanceof SecretFileError ? error : new SecretFileError('unavailable', file, error);
  }
}

/**
 * The same secret, where an earlier call created it.
 *
 * @throws {SecretFileError} when there is no such file, it is readable by others, or holds no such secret
 */
export function readSecret(name: string, prefix: string, options: UserFolderOptions = {}): SecretFile {
  const file = join(userFolder(options), name);
  try {
    return { secret: read(file, prefix), file, created: false };
  } catch (error) {
    throw error instanceof SecretFileError ? error : new SecretFileError('unavailable', file, error);
  }
}

/** Creates the file atomically, so that two servers that start together agree on one secret. */
function create(folder: string, file: string, prefix: string): boolean {
  const draft = join(folder, `.draft.${randomBytes(6).toString('hex')}`);
  writeFileSync(draft, `${prefix}${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
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

/** On Windows the access list of the user's folder decides; modes and user ids say nothing. */
function isExposed({ mode, uid }: Stats): boolean {
  return process.platform !== 'win32' && ((mode & 0o077) !== 0 || uid !== process.getuid?.());
}

function read(file: string, prefix: string): string {
  // One descriptor for check and read; O_NOFOLLOW rejects a symbolic link, O_NONBLOCK keeps a pipe from blocking the start.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || isExposed(stat)) {
      throw new SecretFileError('exposed', file);
    }
    const secret = stat.size <= 1024 ? readFileSync(descriptor, 'utf8').trimEnd() : '';
    const valid = secret.startsWith(prefix) && /^[A-Za-z0-9_-]{43}$/.test(secret.slice(prefix.length));
    if (!valid) throw new SecretFileError('invalid', file);
    return secret;
  } finally {
    closeSync(descriptor);
  }
}
