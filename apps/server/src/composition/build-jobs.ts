import type { ConfigStore } from '@mcp/config';
import type { KeepOverflow } from '@mcp/tool-base';

import { busyTools, executeThrough, JobCalls } from '../calls/job-calls.ts';
import { readHintOf } from '../calls/kept-output-hint.ts';
import { recordEndOutsideRun } from '../calls/record-call.ts';
import type { ToolGateway } from '../calls/tool-gateway.ts';
import { areJobsShared } from '../configuration/sections/jobs-section.ts';
import { checkTiming, databasePool, jobLeaseMs, jobRetentionMs } from '../configuration/settings/milliseconds.ts';
import { jobsPerWorker } from '../configuration/settings/worker-share.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { endDeadlineMs } from '../jobs/record/job-rules.ts';
import type { JobSettings } from '../jobs/job-settings.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { jobStoreCheck } from './job-store-check.ts';
import { jobInputRequests } from '../transports/mcp/client-input/job-input-requests.ts';
import { StartError } from '../foundation/start-error.ts';
import type { Observability } from './build-observability.ts';

/** The jobs of the server. Nothing of them is loaded or opened while no tool has any, and output has no folder. */
export interface JobsPart extends AsyncDisposable {
  readonly calls: JobCalls;
  /** Keeps output of a call, where jobs are loaded. */
  keepCall(tool: string, caller: string): KeepOverflow | undefined;
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
  /** Whether output of calls is kept even while no tool has jobs. */
  readonly hasOutputFolder: () => boolean;
}

export function buildJobs({ store, gateway, observability, hasOutputFolder }: JobsPartOptions): JobsPart {
  const { events, logger, audit, measurements, health } = observability;
  const { registry } = gateway;
  let loading: Promise<Jobs> | undefined;
  let loaded: Jobs | undefined;
  let isStarted = false;
  const open = async (): Promise<Jobs> => {
    const [{ Jobs }, { openStores }, { jobMetrics }] = await Promise.all([
      import('../jobs/jobs.ts'),
      import('../jobs/open-stores.ts'),
      import('./metrics/job-metrics.ts'),
    ]);
    const { values } = store.snapshot;
    const isShared = areJobsShared(values);
    if (values.cluster.url.reveal() !== '' && !isShared) throw notShared;
    const stores = await openStores({
      store: values.jobs.store,
      directory: values.jobs.directory,
      hasWorkers: values.server.workers > 1,
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
      readHintOf: (id) => readHintOf(id, { overHttp: values.server.transport === 'http' }),
      busyTools: () => busyTools(registry),
      events,
      logger,
      onEndedOutsideRun: (job) => recordEndOutsideRun(audit, job),
    });
    await jobs.start();
    measurements.observe(jobMetrics(jobs));
    health.add(jobStoreCheck(jobs, checkTiming(values.health)));
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
  const calls = new JobCalls(gateway, load, hasOutputFolder);
  // A reload may bring the first tool with jobs.
  const following = registry.onSettled(() => {
    if (isStarted && calls.isNeeded) load().catch((error: unknown) => logger.error({ err: error }, 'job.store_failed'));
  });
  return {
    calls,
    keepCall(tool, caller) {
      const jobs = loaded;
      return jobs && (() => jobs.keepCall(tool, caller));
    },
    async start() {
      isStarted = true;
      if (calls.isNeeded) await load();
    },
    stopStarting: () => loaded?.stopStarting(),
    giveBack: async () => loaded?.giveBack(),
    get loaded() {
      return loaded;
    },
    async [Symbol.asyncDispose]() {
      waking[Symbol.dispose]();
      following[Symbol.dispose]();
      await loading?.then((jobs) => jobs[Symbol.asyncDispose]());
    },
  };
}

function settingsOf(values: ServerConfig): JobSettings {
  const { perCaller, maxQueued, maxBytes, maxBytesPerCaller } = values.jobs;
  const maxRunning = jobsPerWorker(values);
  return { perCaller, maxQueued, maxRunning, maxBytes, maxBytesPerCaller, retentionMs: jobRetentionMs(values) };
}

/** The rules of the configuration know the declared tools; modules have tools of their own. */
const notShared = new StartError(
  'A tool of a module has jobs, and the servers of a cluster need a PostgreSQL that they share for them. Set database.url to postgres://... with jobs.store: auto, or leave the jobs of the tool out.',
);
