import { choice, duration, group, integer, optional, path, type Field } from '@mcp/config';

import { isPostgresUrl } from './database-section.ts';
import type { JobsConfig, ServerConfig } from '../shape/server-config.ts';

const RELOAD = 'restart';
const MEBIBYTE = 2 ** 20;

/** Whether servers with the same configuration have the same jobs. */
export function areJobsShared({ jobs, database }: Pick<ServerConfig, 'jobs' | 'database'>): boolean {
  return jobs.store === 'auto' && isPostgresUrl(database.url.reveal());
}

/** Whether output of calls is kept even while no tool has jobs: it has a folder, and whoever is asked for it has it. */
export function isOutputOfCallsKept(values: Pick<ServerConfig, 'jobs' | 'database' | 'cluster' | 'server'>): boolean {
  const { jobs, cluster, server } = values;
  if (jobs.directory === undefined || (server.workers > 1 && jobs.store === 'memory')) return false;
  return cluster.url.reveal() === '' || areJobsShared(values);
}

export const jobsSection: Field<JobsConfig> = group<JobsConfig>(
  {
    store: choice(['auto', 'memory'], {
      doc: 'Where jobs are kept: auto is the PostgreSQL of database.url where that names one, else a SQLite file in jobs.directory; memory loses them with the process.',
      default: 'auto',
      reload: RELOAD,
    }),
    directory: optional(
      path({
        doc: 'Folder of jobs, their output, and output that the result of a call was too small for, which is kept even while no tool has jobs where this is set; with PostgreSQL, of the output of running jobs until it is uploaded. Unset: $STATE_DIRECTORY, else mcp-server under $XDG_STATE_HOME or ~/.local/state; memory and a temporary folder where that cannot be written.',
        reload: RELOAD,
      }),
    ),
    maxRunning: integer({ doc: 'Jobs that run at the same time.', min: 1, max: 1000, default: 64 }),
    maxQueued: integer({ doc: 'Jobs that wait for a run.', min: 1, max: 100_000, default: 1000 }),
    perCaller: integer({ doc: 'Open jobs of one caller.', min: 1, max: 100_000, default: 50 }),
    retention: duration({ doc: 'How long an ended job can be read.', min: 1, max: 2_592_000, default: 86_400 }),
    maxBytesPerCaller: integer({
      doc: 'Bytes of output of the ended jobs of one caller; beyond, that of the jobs that ended first is removed.',
      min: MEBIBYTE,
      max: 2 ** 50,
      default: 256 * MEBIBYTE,
    }),
    maxBytes: integer({
      doc: 'The same for all callers together.',
      min: MEBIBYTE,
      max: 2 ** 50,
      default: 2048 * MEBIBYTE,
    }),
    lease: duration({
      doc: 'After this long without a sign of life of the server that runs it, a job is lost.',
      min: 1,
      max: 300,
      default: 15,
      reload: RELOAD,
    }),
    inlineWait: duration({
      doc: 'How long a call over MCP of a tool with job: auto is waited for; then it goes on as a job, and the client gets its id. Below the timeout of clients and proxies.',
      min: 0,
      max: 300,
      default: 20,
    }),
    taskAfter: duration({
      doc: 'The same for clients with the tasks extension of MCP, which get a task.',
      min: 0,
      max: 300,
      default: 1,
    }),
  },
  { doc: 'Runs that outlast their request, for tools with job: auto or required.' },
);
