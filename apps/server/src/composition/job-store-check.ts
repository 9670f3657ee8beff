import type { CheckDefinition } from '@mcp/health';

import type { Jobs } from '../jobs/jobs.ts';

/** Whether the store of jobs answers. Calls go on without it, so it does not make the server unhealthy. */
export function jobStoreCheck(
  jobs: Pick<Jobs, 'usage' | 'statistics'>,
  timing: Pick<CheckDefinition, 'periodMs' | 'timeoutMs'>,
): CheckDefinition {
  return {
    ...timing,
    name: 'job_store',
    priority: 'important',
    async run() {
      const { storeFailures: failures } = jobs.statistics;
      try {
        const { jobs: byState, outputBytes } = await jobs.usage();
        const count = [...byState.values()].reduce((sum, kept) => sum + kept, 0);
        return { status: 'healthy', metadata: { jobs: count, outputBytes, failures } };
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
