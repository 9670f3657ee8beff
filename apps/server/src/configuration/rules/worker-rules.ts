import type { CheckProblem } from '@mcp/config';

import type { ServerConfig } from '../shape/server-config.ts';

/** What several processes of one server cannot do; each is refused at load. */
export function workerProblems(config: ServerConfig): CheckProblem[] {
  const { server, metrics, jobs, tools } = config;
  if (server.workers === 1) return [];
  const problem = (other: readonly string[], message: string, suggestion: string): CheckProblem => ({
    path: ['server', 'workers'],
    related: [other],
    message: `(${server.workers}) is more than one worker, ${message}`,
    suggestion: `set server.workers to 1, or ${suggestion}`,
  });
  const problems: CheckProblem[] = [];
  if (server.transport === 'stdio') {
    const message = 'but a server over stdio has one client and one process';
    problems.push(problem(['server', 'transport'], message, 'set server.transport to http'));
  }
  if (jobs.store === 'memory' && Object.values(tools).some(({ job }) => job !== undefined)) {
    const message = 'but jobs in memory (jobs.store) belong to one process';
    problems.push(problem(['jobs', 'store'], message, 'set jobs.store to auto'));
  }
  if (metrics.enabled && !metrics.prometheusEnabled) {
    const message = 'but GET /metrics adds them up in the Prometheus format only';
    problems.push(problem(['metrics', 'prometheusEnabled'], message, 'set metrics.prometheusEnabled to true'));
  }
  return problems;
}
