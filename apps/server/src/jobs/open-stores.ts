import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { makePrivateFolder } from '@mcp/tool-base';

import type { PoolSettings } from '../database/postgres-connections.ts';
import { errorCode } from '../foundation/error-code.ts';
import { StartError } from '../foundation/start-error.ts';
import type { JobsOptions } from './jobs-options.ts';
import { FileOutputStore } from './output/file-output-store.ts';
import { LeaseGuard } from './runs/lease-guard.ts';
import type { JobStore } from './stores/job-store.ts';
import { MemoryJobStore } from './stores/memory-job-store.ts';
import type { OutputStore } from './output/output-store.ts';
import type { StoreAddress } from './stores/sql/open-database.ts';
import { SqlJobStore } from './stores/sql/sql-job-store.ts';
import { openSqliteDatabase } from './stores/sql/sqlite-database.ts';
import { stateFolder, type StateFolderOptions } from './state-folder.ts';

export interface JobStores {
  readonly store: JobStore;
  readonly outputs: OutputStore;
  /** Of a store that other processes share. */
  readonly guardLease?: JobsOptions['guardLease'];
}

export interface OpenStoresOptions extends StateFolderOptions {
  readonly store: 'auto' | 'memory';
  /** Where jobs are shared: the database, and how long the end of a run waits for it. */
  readonly postgres?:
    | { readonly url: string; readonly pool: PoolSettings; readonly closeTimeoutMs: number }
    | undefined;
  /** Absolute. @default the state folder, where it can be written */
  readonly directory: string | undefined;
  /** Whether several processes use the state folder, which then has to be one that can be written. @default false */
  readonly hasWorkers?: boolean;
  /** The state folder cannot be used, so jobs end with the process. */
  readonly onNoFolder: (folder: string, error: unknown) => void;
}

/** @throws {StartError} when a folder was named and cannot be used, and when a newer server wrote what is in it */
export async function openStores(options: OpenStoresOptions): Promise<JobStores> {
  const { store, directory, postgres, hasWorkers = false, onNoFolder } = options;
  if (postgres) return inPostgres(directory, postgres);
  if (store === 'memory') return inMemory(directory);
  const folder = directory ?? stateFolder(options);
  try {
    return await inFolder(folder, hasWorkers);
  } catch (error) {
    if (error instanceof StartError) throw error;
    if (directory !== undefined || hasWorkers) throw folderError(error);
    onNoFolder(folder, error);
    return inMemory(undefined);
  }
}

async function inFolder(folder: string, isShared: boolean): Promise<JobStores> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const outputs = new FileOutputStore({ folder: join(folder, 'output') });
  const file = join(folder, 'jobs.sqlite');
  const store = new SqlJobStore(await openSqliteDatabase({ file }), isShared);
  return { store, outputs, guardLease: isShared ? guardWith({ kind: 'sqlite', file }) : undefined };
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
    import('./stores/sql/postgres-database.ts'),
    import('./output/postgres-output-store.ts'),
  ]);
  const database = new PostgresDatabase(options);
  // One that cannot be reached now may be later; one that a newer server wrote stays so.
  await database
    .use(async () => {})
    .catch(async (error: unknown) => {
      if (!(error instanceof StartError)) return;
      await database[Symbol.asyncDispose]();
      throw error;
    });
  const outputs = new PostgresOutputStore({ database, local: temporaryFiles(directory), closeTimeoutMs });
  const guardLease = guardWith({ kind: 'postgres', url: options.url });
  return { store: new SqlJobStore(database), outputs, guardLease };
}

function guardWith(address: StoreAddress): JobsOptions['guardLease'] {
  return (lease, onError) => new LeaseGuard({ address, lease, onError });
}

function temporaryFiles(directory: string | undefined): FileOutputStore {
  try {
    if (directory !== undefined) mkdirSync(directory, { recursive: true, mode: 0o700 });
    return new FileOutputStore({ folder: makePrivateFolder(directory), isTemporary: true });
  } catch (error) {
    throw folderError(error);
  }
}

function folderError(error: unknown): StartError {
  return new StartError(
    `Jobs cannot be kept: their folder cannot be written (${errorCode(error)}). Set jobs.directory to a folder that this user may write.`,
  );
}
