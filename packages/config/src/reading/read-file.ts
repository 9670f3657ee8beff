import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { Notice } from '../describe/problems.ts';
import { checkPermissions } from './file-permissions.ts';
import type { PermissionCheck } from './file-permissions.ts';
import { FileReadError } from './file-read-error.ts';

export interface FileText {
  readonly text: string;
  readonly notices: readonly Notice[];
}

export interface ReadOptions {
  /** @default 1 MiB */
  readonly maxBytes?: number;
  /** @default 'strict' */
  readonly permissions?: PermissionCheck | undefined;
}

/** The largest configuration file, in bytes. */
export const MAX_FILE_BYTES: number = 1024 * 1024;

/**
 * Reads a regular file through one descriptor, so that the file that was checked is the one that is read. A byte order mark
 * is removed.
 * @throws {FileReadError} when the file is missing, too large, not UTF-8, or writable by every user
 */
export async function readTextFile(file: string, options: ReadOptions = {}): Promise<FileText> {
  const { maxBytes = MAX_FILE_BYTES, permissions = 'strict' } = options;
  // Without O_NONBLOCK, opening a named pipe would wait for a writer forever.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw openError(error);
  });
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) throw directoryError();
    if (!stats.isFile()) throw new FileReadError('not_a_file', 'it is not a regular file');
    const notices = await checkPermissions(file, stats, permissions);
    if (stats.size > maxBytes) throw tooLarge(maxBytes);
    return { text: decode(await readAll(handle, maxBytes)), notices };
  } finally {
    await handle.close();
  }
}

/** The content may have grown since its size was read. */
async function readAll(handle: FileHandle, maxBytes: number): Promise<Uint8Array> {
  const buffer = Buffer.alloc(maxBytes + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
    if (bytesRead === 0) return buffer.subarray(0, length);
    length += bytesRead;
    if (length > maxBytes) throw tooLarge(maxBytes);
  }
}

/** UTF-8 without its byte order mark. @throws {FileReadError} */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new FileReadError('encoding', 'it is not UTF-8 text', 'save it as UTF-8');
  }
}

function openError(error: unknown): FileReadError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new FileReadError('missing', 'it does not exist');
  if (code === 'EISDIR') return directoryError();
  if (code === 'EACCES' || code === 'EPERM') {
    return new FileReadError('unreadable', 'it may not be read by this user', 'give the service user read permission');
  }
  return new FileReadError('unreadable', `it cannot be opened (${typeof code === 'string' ? code : 'unknown error'})`);
}

function directoryError(): FileReadError {
  return new FileReadError(
    'not_a_file',
    'it is a directory',
    'name a file; Docker creates a directory where the file of a bind mount is missing on the host',
  );
}

function tooLarge(maxBytes: number): FileReadError {
  return new FileReadError('too_large', `it is larger than ${maxBytes} bytes`);
}
