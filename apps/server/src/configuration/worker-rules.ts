import type { CheckProblem } from '@mcp/config';

import type { ServerConfig } from './server-config.ts';

/** What several processes of one server cannot do; each is refused at load. */
export function workerProblems(config: ServerConfig): CheckProblem[] {
  const { server, logging, metrics, upstreams } = config;
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
  for (const [name, { job }] of Object.entries(config.tools)) {
    if (job === undefined) continue;
    const message = `but jobs (tools.${name}.job) are kept by one process`;
    problems.push(problem(['tools', name, 'job'], message, `remove tools.${name}.job`));
  }
  for (const key of Object.keys(upstreams)) {
    const message = `but the connection to an upstream server (upstreams.${key}) belongs to one process`;
    problems.push(problem(['upstreams', key], message, 'run another server for the upstream servers'));
  }
  if (logging.filePath !== undefined) {
    const message = 'but a log file has one writer';
    problems.push(problem(['logging', 'filePath'], message, 'remove logging.filePath and keep standard error'));
  }
  if (metrics.enabled && !metrics.prometheusEnabled) {
    const message = 'but GET /metrics adds them up in the Prometheus format only';
    problems.push(problem(['metrics', 'prometheusEnabled'], message, 'set metrics.prometheusEnabled to true'));
  }
  return problems;
}
