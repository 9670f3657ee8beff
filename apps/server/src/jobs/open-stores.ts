import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { StartError } from '../start-error.ts';
import { FileOutputStore } from './file-output-store.ts';
import type { JobStore } from './job-store.ts';
import { MemoryJobStore } from './memory-job-store.ts';
import type { OutputStore } from './output-store.ts';
import { SqlJobStore } from './sql-job-store.ts';
import { openSqliteDatabase } from './sqlite-database.ts';
import { stateFolder, type StateFolderOptions } from './state-folder.ts';

export interface JobStores {
  readonly store: JobStore;
  readonly outputs: OutputStore;
}

export interface OpenStoresOptions extends StateFolderOptions {
  readonly store: 'auto' | 'memory';
  /** Absolute. @default the state folder, where it can be written */
  readonly directory: string | undefined;
  /** The state folder cannot be used, so jobs end with the process. */
  readonly onNoFolder: (folder: string, error: unknown) => void;
}

/** @throws {StartError} when a folder was named and cannot be used */
export async function openStores(options: OpenStoresOptions): Promise<JobStores> {
  const { store, directory, onNoFolder } = options;
  if (store === 'memory') return inMemory(directory);
  const folder = directory ?? stateFolder(options);
  try {
    return await inFolder(folder);
  } catch (error) {
    if (directory !== undefined) throw folderError(error);
    onNoFolder(folder, error);
    return inMemory(undefined);
  }
}

async function inFolder(folder: string): Promise<JobStores> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const outputs = new FileOutputStore({ folder: join(folder, 'output') });
  return { store: new SqlJobStore(await openSqliteDatabase({ file: join(folder, 'jobs.sqlite') })), outputs };
}

/** The output of jobs in memory has no owner after a restart either. */
function inMemory(directory: string | undefined): JobStores {
  try {
    if (directory !== undefined) mkdirSync(directory, { recursive: true, mode: 0o700 });
    const folder = mkdtempSync(join(directory ?? tmpdir(), 'mcp-server-output-'));
    return { store: new MemoryJobStore(), outputs: new FileOutputStore({ folder, isTemporary: true }) };
  } catch (error) {
    throw folderError(error);
  }
}

function folderError(error: unknown): StartError {
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return new StartError(
    `Jobs cannot be kept: their folder cannot be written (${code}). Set jobs.directory to a folder that this user may write.`,
  );
}
