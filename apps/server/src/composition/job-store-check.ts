import type { CheckDefinition } from '@mcp/health';

import type { Jobs } from '../jobs/jobs.ts';

/** Whether the store of jobs answers, and takes what is written: one that only reads would look well otherwise. Calls go on without it, so it does not make the server unhealthy. */
export function jobStoreCheck(
  jobs: Pick<Jobs, 'usage' | 'statistics'>,
  timing: Pick<CheckDefinition, 'periodMs' | 'timeoutMs'>,
): CheckDefinition {
  let known = jobs.statistics.storeFailures;
  return {
    ...timing,
    name: 'job_store',
    priority: 'important',
    async run() {
      const { storeFailures: failures } = jobs.statistics;
      const more = failures - known;
      known = failures;
      try {
        const { jobs: byState, outputBytes } = await jobs.usage();
        const count = [...byState.values()].reduce((sum, kept) => sum + kept, 0);
        const metadata = { jobs: count, outputBytes, failures };
        if (more === 0) return { status: 'healthy', metadata };
        const message = `The store of jobs answers, and has not taken ${more} steps since the last check: jobs may not start or end. The log has job.store_failed.`;
        return { status: 'degraded', message, metadata };
      } catch {
        return {
          status: 'degraded',
          message:
            'The store of jobs does not answer: jobs can be neither started nor read. Calls and running jobs go on.',
          metadata: { failures },
        };
      }
    },
  };
}
