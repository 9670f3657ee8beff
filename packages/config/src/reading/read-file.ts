import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Notice } from '../describe/problems.ts';

/** Why a file could not be used. The message names neither the path nor anything of the content. */
export class FileReadError extends Error {
  override readonly name = 'FileReadError';
  readonly rule: 'missing' | 'unreadable' | 'not_a_file' | 'too_large' | 'permissions' | 'encoding';
  readonly suggestion: string | undefined;

  constructor(rule: FileReadError['rule'], message: string, suggestion?: string) {
    super(message);
    this.rule = rule;
    this.suggestion = suggestion;
  }
}

export interface FileText {
  readonly text: string;
  readonly notices: readonly Notice[];
}

const WORLD_WRITABLE = 0o002;
const GROUP_WRITABLE = 0o020;
const STICKY = 0o1000;

/** The largest configuration file, in bytes. */
export const MAX_FILE_BYTES: number = 1024 * 1024;

/**
 * Reads a regular file of at most `maxBytes` through one descriptor, so that the file that was checked is the one that is
 * read. A byte order mark is removed.
 * @throws {FileReadError} when the file is missing, too large, not UTF-8, or writable by every user
 */
export async function readTextFile(file: string, maxBytes: number = MAX_FILE_BYTES): Promise<FileText> {
  // Without O_NONBLOCK, opening a named pipe would wait for a writer forever.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw openProblem(error);
  });
  try {
    const { mode, size, uid } = await handle.stat();
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) {
      throw new FileReadError('not_a_file', 'it is not a regular file');
    }
    const notices = [...permissionNotices(mode, uid), ...(await directoryNotices(file))];
    if (size > maxBytes) throw tooLarge(maxBytes);
    const buffer = Buffer.alloc(maxBytes + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
      if (bytesRead === 0) break;
      length += bytesRead;
      if (length > maxBytes) throw tooLarge(maxBytes);
    }
    return { text: decode(buffer.subarray(0, length)), notices };
  } finally {
    await handle.close();
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

function openProblem(error: unknown): FileReadError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new FileReadError('missing', 'it does not exist');
  if (code === 'EACCES' || code === 'EPERM') {
    return new FileReadError('unreadable', 'it may not be read by this user', 'give the service user read permission');
  }
  return new FileReadError('unreadable', `it cannot be opened (${typeof code === 'string' ? code : 'unknown error'})`);
}

function tooLarge(maxBytes: number): FileReadError {
  return new FileReadError('too_large', `it is larger than ${maxBytes} bytes`);
}

function permissionNotices(mode: number, uid: number): Notice[] {
  if (mode & WORLD_WRITABLE) {
    throw new FileReadError('permissions', 'every user of this machine may write to it', 'run chmod o-w on it');
  }
  const notices: Notice[] = [];
  if (mode & GROUP_WRITABLE)
    notices.push({ message: 'the file is writable by its group; chmod g-w if that is not meant' });
  const own = process.getuid?.();
  if (own !== undefined && uid !== 0 && uid !== own) {
    notices.push({ message: 'the file belongs to a user that is neither root nor the one running this process' });
  }
  return notices;
}

/** A user who may write to the directory can replace the file, unless the sticky bit is set. */
async function directoryNotices(file: string): Promise<Notice[]> {
  const directory = dirname(file);
  const { mode } = await stat(directory);
  if (mode & WORLD_WRITABLE && !(mode & STICKY) && !(await isOnReadOnlyMount(directory))) {
    throw new FileReadError(
      'permissions',
      'every user of this machine may replace it, because its directory is world-writable',
      'run chmod o-w on the directory',
    );
  }
  return [];
}

/** Kubernetes mounts a ConfigMap with mode 0777 and read-only: the mode then allows nothing. */
async function isOnReadOnlyMount(directory: string): Promise<boolean> {
  try {
    await access(directory, constants.W_OK);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EROFS';
  }
}
