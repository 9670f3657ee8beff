import type { ConfigStore } from '@mcp/config';

import { busyTools, executeThrough, JobCalls } from '../calls/job-calls.ts';
import { recordEndOutsideRun } from '../calls/record-call.ts';
import type { ToolGateway } from '../calls/tool-gateway.ts';
import { areJobsShared } from '../configuration/jobs-section.ts';
import { databasePool, jobLeaseMs, jobRetentionMs } from '../configuration/milliseconds.ts';
import type { ServerConfig } from '../configuration/server-config.ts';
import { endDeadlineMs } from '../jobs/job-rules.ts';
import type { JobSettings } from '../jobs/job-settings.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { jobInputRequests } from '../transports/mcp/client-input/job-input-requests.ts';
import { StartError } from '../start-error.ts';
import type { Observability } from './build-observability.ts';

/** The jobs of the server. Nothing of them is loaded or opened while no tool has any. */
export interface JobsPart extends AsyncDisposable {
  readonly calls: JobCalls;
  /** Opens the jobs of an earlier process, where a tool has jobs. @throws {StartError} when their folder cannot be used */
  start(): Promise<void>;
  /** Starts no job any more. */
  stopStarting(): void;
  /** Gives back what still runs. */
  giveBack(): Promise<void>;
  /** Undefined while they are not loaded. */
  readonly loaded: Jobs | undefined;
}

export interface JobsPartOptions {
  readonly store: ConfigStore<ServerConfig>;
  readonly gateway: ToolGateway;
  readonly observability: Observability;
}

export function buildJobs({ store, gateway, observability }: JobsPartOptions): JobsPart {
  const { events, logger, audit, measurements } = observability;
  const { registry } = gateway;
  let loading: Promise<Jobs> | undefined;
  let loaded: Jobs | undefined;
  const open = async (): Promise<Jobs> => {
    const [{ Jobs }, { openStores }, { jobMetrics }] = await Promise.all([
      import('../jobs/jobs.ts'),
      import('../jobs/open-stores.ts'),
      import('./job-metrics.ts'),
    ]);
    const { values } = store.snapshot;
    const isShared = areJobsShared(values);
    if (values.cluster.url.reveal() !== '' && !isShared) throw notShared;
    const stores = await openStores({
      store: values.jobs.store,
      directory: values.jobs.directory,
      postgres: isShared
        ? {
            url: values.database.url.reveal(),
            pool: databasePool(values.database),
            closeTimeoutMs: endDeadlineMs(jobLeaseMs(values)),
          }
        : undefined,
      onNoFolder: (folder, error) => logger.warn({ folder, err: error, key: 'jobs.directory' }, 'job.store_in_memory'),
    });
    const jobs = new Jobs({
      ...stores,
      leaseMs: jobLeaseMs(values),
      settings: () => settingsOf(store.snapshot.values),
      execute: executeThrough(gateway, jobInputRequests),
      busyTools: () => busyTools(registry),
      events,
      logger,
      onEndedOutsideRun: (job) => recordEndOutsideRun(audit, job),
    });
    await jobs.start();
    measurements.observe(jobMetrics(jobs));
    loaded = jobs;
    return jobs;
  };
  const load = (): Promise<Jobs> => {
    loading ??= open().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  const waking = events.subscribe(({ type, data }) => {
    if (type === 'call.finished' && registry.get(data.tool)?.job !== undefined) loaded?.wake();
  });
  return {
    calls: new JobCalls(gateway, load),
    async start() {
      if (registry.list().some(({ job }) => job !== undefined)) await load();
    },
    stopStarting: () => loaded?.stopStarting(),
    giveBack: async () => loaded?.giveBack(),
    get loaded() {
      return loaded;
    },
    async [Symbol.asyncDispose]() {
      waking[Symbol.dispose]();
      await loading?.then((jobs) => jobs[Symbol.asyncDispose]());
    },
  };
}

function settingsOf(values: ServerConfig): JobSettings {
  const { perCaller, maxQueued, maxRunning, maxBytes, maxBytesPerCaller } = values.jobs;
  return { perCaller, maxQueued, maxRunning, maxBytes, maxBytesPerCaller, retentionMs: jobRetentionMs(values) };
}

/** The rules of the configuration know the declared tools; modules have tools of their own. */
const notShared = new StartError(
  'A tool of a module has jobs, and the servers of a cluster need a PostgreSQL that they share for them. Set database.url to postgres://... with jobs.store: auto, or leave the jobs of the tool out.',
);
