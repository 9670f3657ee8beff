import { errorCode } from '../foundation/error-code.ts';
import { loadOrCreateSecret, readSecret, SecretFileError, type SecretFile } from './secret-file.ts';
import type { UserFolderOptions } from './user-folder.ts';

export interface GeneratedKey {
  readonly key: string;
  /** Absolute path of the key file. */
  readonly file: string;
  /** True on the start that created it, which is the only one that prints it. */
  readonly created: boolean;
}

/** The key file cannot be used. The message is for the operator: it names the file and the fix. */
export class GeneratedKeyError extends Error {
  override readonly name = 'GeneratedKeyError';
}

const KEY_FILE = 'api-key';
const KEY_PREFIX = 'mcp_';

/**
 * The key used when none is configured: the secret in the file `api-key`.
 *
 * @throws {GeneratedKeyError} when the file cannot be created, is readable by others, or contains no key
 */
export function loadOrCreateGeneratedKey(options: UserFolderOptions = {}): GeneratedKey {
  return generatedKey(() => loadOrCreateSecret(KEY_FILE, KEY_PREFIX, options));
}

/**
 * The key that an earlier start generated; undefined when there is none.
 *
 * @throws {GeneratedKeyError} when the file is readable by others, or contains no key
 */
export function readGeneratedKey(options: UserFolderOptions = {}): GeneratedKey | undefined {
  try {
    return generatedKey(() => readSecret(KEY_FILE, KEY_PREFIX, options));
  } catch (error) {
    const { cause } = error as { readonly cause?: NodeJS.ErrnoException };
    if (cause?.code === 'ENOENT' || cause?.code === 'ENOTDIR') return undefined;
    throw error;
  }
}

function generatedKey(open: () => SecretFile): GeneratedKey {
  try {
    const { secret, file, created } = open();
    return { key: secret, file, created };
  } catch (error) {
    if (!(error instanceof SecretFileError)) throw error;
    throw new GeneratedKeyError(messageFor(error), { cause: error.cause });
  }
}

function messageFor({ problem, file, cause }: SecretFileError): string {
  switch (problem) {
    case 'exposed':
      return `The key file ${file} must be a regular file that belongs to this user and is not readable by others: run chmod 600, or delete the file to get a new key.`;
    case 'invalid':
      return `The key file ${file} contains no key of this server: delete the file to get a new key.`;
    case 'unavailable':
      return `No API key is configured, and none could be stored in ${file} (${errorCode(cause)}). Make that folder writable, or set MCP_SECURITY_API_KEY.`;
  }
}
