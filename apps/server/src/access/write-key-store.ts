import { hash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';

import { errorCode } from '../foundation/error-code.ts';
import { KEY_STORE_VERSION, KeyStoreError, readKeyStore, type StoredKey } from './key-store.ts';

/** A new API key: 256 random bits. */
export function createKey(): { readonly key: string; readonly hash: string } {
  const key = `mcp_${randomBytes(32).toString('base64url')}`;
  return { key, hash: `sha256:${hash('sha256', key, 'hex')}` };
}

/**
 * Replaces the keys of a key store in one step. A new one is readable by its owner only, an existing one keeps its mode. The
 * folder is created if it is missing. Two processes cannot change the same file at once.
 *
 * @throws {KeyStoreError} when the store is in use by another process or cannot be written; it is then unchanged
 */
export function changeKeyStore(file: string, change: (keys: readonly StoredKey[]) => readonly StoredKey[]): void {
  const lock = `${file}.lock`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw notWritable(file, error);
  }
  try {
    closeSync(openSync(lock, 'wx', 0o600));
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST'
      ? new KeyStoreError(
          `Another mcp-server keys command is changing ${file}. Try again; if none is running, delete ${lock}.`,
        )
      : notWritable(file, error);
  }
  try {
    const keys = change(readKeyStore(file));
    replace(file, `${JSON.stringify({ version: KEY_STORE_VERSION, keys }, null, 2)}\n`);
  } catch (error) {
    throw error instanceof KeyStoreError || !(error instanceof Error && 'code' in error)
      ? error
      : notWritable(file, error);
  } finally {
    rmSync(lock, { force: true });
  }
}

function replace(file: string, text: string): void {
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    const descriptor = openSync(draft, 'wx', 0o600);
    try {
      writeFileSync(descriptor, text);
      const before = statSync(file, { throwIfNoEntry: false });
      if (before) fchmodSync(descriptor, before.mode & 0o777);
      if (process.getuid?.() === 0) setOwner(descriptor, statSync(dirname(file)), before);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** An administrator who runs this as root must not lock out the user of the server. */
function setOwner(descriptor: number, folder: Stats, before: Stats | undefined): void {
  const { uid, gid } = folder.uid === 0 ? (before ?? folder) : folder;
  fchownSync(descriptor, uid, gid);
}

function notWritable(file: string, error: unknown): KeyStoreError {
  return new KeyStoreError(
    `The key store ${file} cannot be written (${errorCode(error)}). Run the command as the user of the server, or name another file with security.keyStore.`,
  );
}
