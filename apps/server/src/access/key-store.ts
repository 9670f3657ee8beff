/**
 * The key store: a JSON file with the SHA-256 digests of API keys. `mcp-server keys` writes it and the server reads it. The
 * keys are 256 random bits, so a digest without salt cannot be reversed.
 */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

import * as v from 'valibot';

import { errorCode } from '../foundation/error-code.ts';
import { newerState } from '../foundation/state-format.ts';
import { isScope } from './principal.ts';
import { userFolder, type UserFolderOptions } from './user-folder.ts';

/** The key store cannot be used. The message is for the operator: it names the file and the fix. */
export class KeyStoreError extends Error {
  override readonly name = 'KeyStoreError';
}

const HASH = /^sha256:(?<digest>[0-9a-f]{64})$/;
const MAX_KEYS = 1000;

const time = v.pipe(v.string(), v.isoTimestamp());

/** One entry of the file. */
export interface StoredKey {
  /** Unique; a caller is shown, limited and audited under this name. */
  readonly name: string;
  /** `sha256:` and 64 lower-case hexadecimal digits. */
  readonly hash: string;
  readonly scopes: readonly string[];
  /** ISO 8601. */
  readonly createdAt: string;
  /** ISO 8601. @default never */
  readonly expiresAt?: string | undefined;
}

const storedKey = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_.@-]{1,64}$/)),
  hash: v.pipe(v.string(), v.regex(HASH)),
  scopes: v.pipe(v.array(v.pipe(v.string(), v.check(isScope))), v.minLength(1), v.maxLength(64)),
  createdAt: time,
  expiresAt: v.optional(time),
});

/** Of the file. A store without it is from before there was one. */
export const KEY_STORE_VERSION = 1;

const newer = v.looseObject({ version: v.pipe(v.number(), v.gtValue(KEY_STORE_VERSION)) });

const keyStore = v.strictObject({
  version: v.optional(v.literal(KEY_STORE_VERSION)),
  keys: v.pipe(v.array(storedKey), v.maxLength(MAX_KEYS)),
});

/** The key store of this user, which every server of the user reads unless `security.keyStore` names another. */
export function defaultKeyStore(options?: UserFolderOptions): string {
  return join(userFolder(options), 'keys.json');
}

/**
 * @returns the keys in the order of the file; none when there is no file
 * @throws {KeyStoreError} when the file cannot be read, may be written by others, or is not a key store
 */
export function readKeyStore(file: string): readonly StoredKey[] {
  let content: unknown;
  try {
    const { mode, size } = statSync(file);
    if (process.platform !== 'win32' && (mode & 0o022) !== 0) {
      throw new KeyStoreError(`The key store ${file} may be changed by other users: run chmod 600 ${file}.`);
    }
    if (size > MAX_KEYS * 1024) throw new KeyStoreError(`The key store ${file} is larger than ${MAX_KEYS} KiB.`);
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof KeyStoreError) throw error;
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new KeyStoreError(
      error instanceof SyntaxError
        ? `The key store ${file} is not JSON. Restore it, or delete it and create the keys again with mcp-server keys add.`
        : `The key store ${file} cannot be read (${code}). Make it readable for the user of the server.`,
    );
  }
  const parsed = v.safeParse(keyStore, content);
  if (parsed.success) return parsed.output.keys;
  if (v.is(newer, content)) {
    throw new KeyStoreError(newerState(`The key store ${file}`, content.version, KEY_STORE_VERSION));
  }
  const where = v.getDotPath(parsed.issues[0]) ?? 'its top level';
  throw new KeyStoreError(
    `The key store ${file} is invalid at ${where}. Restore it, or remove that key and create it again with mcp-server keys add.`,
  );
}

/** The digest of a stored hash. */
export function digestOf({ hash }: Pick<StoredKey, 'hash'>): Buffer {
  return Buffer.from(HASH.exec(hash)?.groups?.['digest'] ?? '', 'hex');
}
