import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { PoolSettings } from '../database/postgres-connections.ts';
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
  /** Where jobs are shared: the database, and how long the end of a run waits for it. */
  readonly postgres?:
    | { readonly url: string; readonly pool: PoolSettings; readonly closeTimeoutMs: number }
    | undefined;
  /** Absolute. @default the state folder, where it can be written */
  readonly directory: string | undefined;
  /** The state folder cannot be used, so jobs end with the process. */
  readonly onNoFolder: (folder: string, error: unknown) => void;
}

/** @throws {StartError} when a folder was named and cannot be used, and when a newer server wrote what is in it */
export async function openStores(options: OpenStoresOptions): Promise<JobStores> {
  const { store, directory, postgres, onNoFolder } = options;
  if (postgres) return inPostgres(directory, postgres);
  if (store === 'memory') return inMemory(directory);
  const folder = directory ?? stateFolder(options);
  try {
    return await inFolder(folder);
  } catch (error) {
    if (error instanceof StartError) throw error;
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
  return { store: new MemoryJobStore(), outputs: temporaryFiles(directory) };
}

async function inPostgres(
  directory: string | undefined,
  { closeTimeoutMs, ...options }: NonNullable<OpenStoresOptions['postgres']>,
): Promise<JobStores> {
  const [{ PostgresDatabase }, { PostgresOutputStore }] = await Promise.all([
    import('./postgres-database.ts'),
    import('./postgres-output-store.ts'),
  ]);
  const database = new PostgresDatabase(options);
  const outputs = new PostgresOutputStore({ database, local: temporaryFiles(directory), closeTimeoutMs });
  return { store: new SqlJobStore(database), outputs };
}

function temporaryFiles(directory: string | undefined): FileOutputStore {
  try {
    if (directory !== undefined) mkdirSync(directory, { recursive: true, mode: 0o700 });
    const folder = mkdtempSync(join(directory ?? tmpdir(), 'mcp-server-output-'));
    return new FileOutputStore({ folder, isTemporary: true });
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
