import { constants } from 'node:fs';
import { access, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Notice } from '../describe/problems.ts';

/** Why a file could not be used. The message names neither the path nor anything of the content. */
export class FileProblem extends Error {
  override readonly name = 'FileProblem';
  readonly rule: 'missing' | 'unreadable' | 'not_a_file' | 'too_large' | 'permissions' | 'encoding';
  readonly suggestion: string | undefined;

  constructor(rule: FileProblem['rule'], message: string, suggestion?: string) {
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
 * Reads a regular file of at most `maxBytes` through one descriptor, so that what was checked is what is read.
 * A byte order mark is dropped; bytes that are not UTF-8 are refused.
 * @throws {FileProblem}
 */
export async function readTextFile(file: string, maxBytes: number = MAX_FILE_BYTES): Promise<FileText> {
  // Without O_NONBLOCK, opening a named pipe would wait for a writer for ever.
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK).catch((error: unknown) => {
    throw openProblem(error);
  });
  try {
    const { mode, size, uid } = await handle.stat();
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) {
      throw new FileProblem('not_a_file', 'it is not a regular file');
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

/** UTF-8 without its byte order mark. @throws {FileProblem} */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new FileProblem('encoding', 'it is not UTF-8 text', 'save it as UTF-8');
  }
}

function openProblem(error: unknown): FileProblem {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return new FileProblem('missing', 'it does not exist');
  if (code === 'EACCES' || code === 'EPERM') {
    return new FileProblem('unreadable', 'it may not be read by this user', 'give the service user read permission');
  }
  return new FileProblem('unreadable', `it cannot be opened (${typeof code === 'string' ? code : 'unknown error'})`);
}

function tooLarge(maxBytes: number): FileProblem {
  return new FileProblem('too_large', `it is larger than ${maxBytes} bytes`);
}

function permissionNotices(mode: number, uid: number): Notice[] {
  if (mode & WORLD_WRITABLE) {
    throw new FileProblem('permissions', 'every user of this machine may write to it', 'run chmod o-w on it');
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

/** Whoever may write to the directory can put another file in place of this one, unless the sticky bit forbids it. */
async function directoryNotices(file: string): Promise<Notice[]> {
  const directory = dirname(file);
  const { mode } = await stat(directory);
  if (mode & WORLD_WRITABLE && !(mode & STICKY) && !(await isOnReadOnlyMount(directory))) {
    throw new FileProblem(
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
