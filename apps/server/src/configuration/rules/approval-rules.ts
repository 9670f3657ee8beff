import type { CheckProblem } from '@mcp/config';

import type { ServerConfig } from '../shape/server-config.ts';

/** Where nobody could approve a call, a tool that needs it would be refused every time. */
export function approvalProblems({ tools, server, security, cluster }: ServerConfig): CheckProblem[] {
  const reason = whyNot({ server, security, cluster });
  if (reason === undefined) return [];
  return Object.entries(tools).flatMap(([name, { confirm }]) =>
    confirm === 'operator' ? [{ path: ['tools', name, 'confirm'], ...reason }] : [],
  );
}

function whyNot({
  server,
  security,
  cluster,
}: Pick<ServerConfig, 'server' | 'security' | 'cluster'>): { message: string; suggestion: string } | undefined {
  if (server.transport === 'stdio') {
    return {
      message: '(operator) needs a server over HTTP, where a second person can reach it',
      suggestion: 'set server.transport to http, or confirm to always: the user of the client is then asked',
    };
  }
  if (security.auth === 'none') {
    return {
      message: '(operator) needs keys: without them the caller and the operator are the same',
      suggestion: 'remove security.auth: none',
    };
  }
  if (server.workers > 1) {
    return {
      message: '(operator) is not shared between workers, where the repeated call may reach another one',
      suggestion: 'set server.workers to 1, or confirm to always',
    };
  }
  if (cluster.url.reveal() === '') return undefined;
  return {
    message: '(operator) is not shared between the servers of a cluster, where the repeated call may reach another one',
    suggestion: 'remove cluster.url, or set confirm to always',
  };
}
