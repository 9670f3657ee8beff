import { closeSync, constants, mkdirSync, openSync, readdirSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

import type { OutputStream } from '@mcp/tool-base';

import {
  OUTPUT_STREAMS,
  type OutputRun,
  type OutputSlice,
  type OutputStore,
  type OutputWriter,
} from './output-store.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDONLY, O_WRONLY } = constants;
/** Left free on the disk for the records of jobs, which say how they ended; looked at whenever so many bytes were written. */
const RESERVED_BYTES = 8 * 2 ** 20;
const LOOK_BYTES = 2 ** 18;
/** A file of the first run of a job, or the folder of its later ones. */
const NAME = /^(?<id>[\w-]{27})(?:\.stdout|\.stderr)?$/;

type FileOfRun = Pick<OutputRun, 'id' | 'starts'>;

export interface FileOutputStoreOptions {
  /** Made where it is missing, for its owner only. */
  readonly folder: string;
  /** Whether the folder is removed with the store. @default false */
  readonly isTemporary?: boolean;
  /** Bytes that are free on the disk of a folder; undefined where it does not say. @default as the system says */
  readonly freeBytes?: (folder: string) => number | undefined;
}

/**
 * A file for each stream of a run: those of the first run, the only one of most jobs, in the folder of all, and those of later
 * runs in a folder of the job. No run touches the files of a later one. Writes are synchronous: what a program prints is in the
 * page cache before more of it is read, so a program that prints faster than the disk writes waits, and no memory fills.
 */
export class FileOutputStore implements OutputStore {
  readonly #folder: string;
  readonly #isTemporary: boolean;
  readonly #freeBytes: NonNullable<FileOutputStoreOptions['freeBytes']>;

  /** @throws {Error} when the folder cannot be made */
  constructor({ folder, isTemporary = false, freeBytes = freeBytesOf }: FileOutputStoreOptions) {
    this.#freeBytes = freeBytes;
    this.#folder = folder;
    this.#isTemporary = isTemporary;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Both files at once: an earlier run that still prints, in another process, has the ones that are removed here. */
  open({ id, starts }: FileOfRun): OutputWriter {
    const files = new Map<OutputStream, number>();
    try {
      if (starts > 1) mkdirSync(join(this.#folder, id), { recursive: true, mode: 0o700 });
      for (const stream of OUTPUT_STREAMS) files.set(stream, this.#create(this.#file({ id, starts }, stream)));
      if (starts > 1) this.#removeBefore({ id, starts });
    } catch (error) {
      for (const file of files.values()) closeSync(file);
      throw error;
    }
    return new FileWriter(files, () => this.#freeBytes(this.#folder));
  }

  #removeBefore({ id, starts }: FileOfRun): void {
    for (const stream of OUTPUT_STREAMS) rmSync(this.#file({ id, starts: 1 }, stream), { force: true });
    const folder = join(this.#folder, id);
    for (const name of readdirSync(folder)) {
      if (Number.parseInt(name, 10) < starts) rmSync(join(folder, name), { force: true });
    }
  }

  #create(file: string): number {
    rmSync(file, { force: true });
    return openSync(file, O_WRONLY | O_CREAT | O_EXCL, 0o600);
  }

  /** @param into used again and again by whoever reads much, instead of new memory for each slice */
  async read(run: FileOfRun, stream: OutputStream, offset: number, limit: number, into?: Buffer): Promise<OutputSlice> {
    let file: FileHandle | undefined;
    for (let { id, starts } = run; !file && starts > 0; starts -= 1)
      file = await find(this.#file({ id, starts }, stream));
    if (!file) return { bytes: new Uint8Array(), total: 0 };
    try {
      const { size: total } = await file.stat();
      const length = Math.max(0, Math.min(limit, total - offset));
      const { buffer, bytesRead } = await file.read(into ?? Buffer.allocUnsafe(length), 0, length, offset);
      return { bytes: buffer.subarray(0, bytesRead), total };
    } finally {
      await file.close();
    }
  }

  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      for (const stream of OUTPUT_STREAMS) await rm(this.#file({ id, starts: 1 }, stream), { force: true });
      await rm(join(this.#folder, id), { recursive: true, force: true });
    }
  }

  async sweep(exists: (id: string) => Promise<boolean>): Promise<void> {
    const found = (await readdir(this.#folder)).map((name) => NAME.exec(name)?.groups?.['id']);
    for (const id of new Set(found)) if (id !== undefined && !(await exists(id))) await this.remove([id]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isTemporary) await rm(this.#folder, { recursive: true, force: true });
  }

  #file({ id, starts }: FileOfRun, stream: OutputStream): string {
    return starts === 1 ? join(this.#folder, `${id}.${stream}`) : join(this.#folder, id, `${starts}.${stream}`);
  }
}

async function find(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, O_RDONLY | O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function freeBytesOf(folder: string): number | undefined {
  const { blocks, bavail, bsize } = statfsSync(folder);
  return blocks === 0 ? undefined : bavail * bsize;
}

class FileWriter implements OutputWriter {
  stdoutBytes = 0;
  stderrBytes = 0;
  readonly #files: Map<OutputStream, number>;
  readonly #freeBytes: () => number | undefined;
  /** Until the disk is looked at again. */
  #unwatchedBytes = 0;

  constructor(files: Map<OutputStream, number>, freeBytes: () => number | undefined) {
    this.#files = files;
    this.#freeBytes = freeBytes;
  }

  write(stream: OutputStream, bytes: Uint8Array): void {
    this.#unwatchedBytes -= bytes.length;
    if (this.#unwatchedBytes < 0) this.#look();
    const file = this.#files.get(stream);
    if (file === undefined) throw new Error('The output of this run was closed.');
    let written = 0;
    while (written < bytes.length) {
      const more = writeSync(file, bytes, written);
      written += more;
      if (stream === 'stdout') this.stdoutBytes += more;
      else this.stderrBytes += more;
    }
  }

  #look(): void {
    const free = this.#freeBytes();
    if (free !== undefined && free < RESERVED_BYTES) {
      throw Object.assign(new Error('The disk for the output of jobs is full.'), { code: 'ENOSPC' });
    }
    this.#unwatchedBytes = LOOK_BYTES;
  }

  async close(): Promise<void> {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
  }
}
