import { FINAL_STATES, OPEN_STATES } from '../../jobs/record/job-record.ts';
import { JOB_SECONDS_BUCKETS } from '../../jobs/job-statistics.ts';
import type { Jobs } from '../../jobs/jobs.ts';
import type { ServerMetric } from '../../observability/metrics/server-metric.ts';

const STATES = [...OPEN_STATES, ...FINAL_STATES];

/** What of these is read from the store is the same for all servers that share it. */
export function jobMetrics(jobs: Jobs): ServerMetric[] {
  const { statistics } = jobs;
  return [
    {
      type: 'gauge',
      label: 'state',
      name: 'mcp_jobs',
      help: 'Kept jobs, ended ones included.',
      async read() {
        const { jobs: byState } = await jobs.usage();
        return new Map(STATES.map((state) => [state, byState.get(state) ?? 0]));
      },
    },
    {
      type: 'gauge',
      aggregator: 'max',
      name: 'mcp_jobs_queued_seconds',
      help: 'How long the first of the queued jobs has waited.',
      read: async () => (await jobs.usage()).queuedMs / 1000,
    },
    {
      type: 'gauge',
      aggregator: 'max',
      name: 'mcp_jobs_output_bytes',
      help: 'Kept output of jobs.',
      read: async () => (await jobs.usage()).outputBytes,
    },
    { type: 'gauge', name: 'mcp_jobs_running', help: 'Jobs that run in this server.', read: () => jobs.running },
    {
      type: 'counter',
      label: 'state',
      name: 'mcp_jobs_ended_total',
      help: 'Jobs that this server ended, by their final state.',
      read: () => statistics.ended,
    },
    {
      type: 'histogram',
      name: 'mcp_jobs_run_seconds',
      help: 'Time from the last start of a job to its end.',
      buckets: JOB_SECONDS_BUCKETS,
      read: () => ({ counts: statistics.runsByBucket, sum: statistics.runSeconds }),
    },
    {
      type: 'counter',
      name: 'mcp_jobs_fenced_total',
      help: 'Runs of this server that ended when their job was no longer theirs.',
      read: () => statistics.fenced,
    },
    {
      type: 'counter',
      name: 'mcp_jobs_store_failures_total',
      help: 'Steps that the store of jobs did not take.',
      read: () => statistics.storeFailures,
    },
  ];
}
