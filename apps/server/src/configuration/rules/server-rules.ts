import { standardProblems, type CheckProblem } from '@mcp/config';
import { isLoopbackHost } from '@mcp/tool-base';

import { approvalProblems } from './approval-rules.ts';
import { areJobsShared } from '../sections/jobs-section.ts';
import { platformProblems } from './platform-rules.ts';
import { presetProblems } from './preset-rules.ts';
import { resourceProblems } from './resource-rules.ts';
import { sandboxProblems } from './sandbox-rules.ts';
import { workerProblems } from './worker-rules.ts';
import type { ServerConfig } from '../shape/server-config.ts';
import { programCount, runsNewestVersion, unexpandedWords } from '../declarations/upstream-program-fields.ts';

/** Rules between sections. */
export function serverProblems(config: ServerConfig): CheckProblem[] {
  return [
    ...exposureProblems(config),
    ...portProblems(config),
    ...workerProblems(config),
    ...standardProblems(config),
    ...limitProblems(config),
    ...processProblems(config),
    ...resourceProblems(config),
    ...keyProblems(config),
    ...clusterProblems(config),
    ...breakerSharingProblems(config),
    ...approvalProblems(config),
    ...clusterJobProblems(config),
    ...sandboxProblems(config),
    ...platformProblems(config),
    ...presetProblems(config),
  ];
}

/** What is allowed, but widens what a caller can do. */
export function serverNotices({ server, security, metrics, tools, upstreams }: ServerConfig): string[] {
  const notices: string[] = [];
  if (security.auth === 'none')
    notices.push('security.auth is none: every local process and web page can call the tools');
  if (!isLoopbackHost(server.host)) {
    const reachable = `on ${server.host}, which other machines can reach`;
    if (server.transport === 'http') notices.push(`the server listens ${reachable}`);
    else if (metrics.prometheusPort !== undefined) notices.push(`metrics.prometheusPort is open ${reachable}`);
  }
  for (const [name, tool] of Object.entries(tools)) {
    if (tool.allowInterpreter) notices.push(`tools.${name} may run ${tool.command}, which can run anything`);
  }
  for (const [key, { command = [] }] of Object.entries(upstreams)) {
    if (runsNewestVersion(command))
      notices.push(
        `upstreams.${key}.command names no version, so each start may run another program: add @VERSION to the package`,
      );
    for (const index of unexpandedWords(command))
      notices.push(
        `upstreams.${key}.command[${index}] has a ~/ or a variable, which no shell expands: write the value itself, unless the program expands it`,
      );
  }
  return notices;
}

function exposureProblems({ server, security }: ServerConfig): CheckProblem[] {
  if (security.auth !== 'none' || isLoopbackHost(server.host)) return [];
  return [
    {
      path: ['security', 'auth'],
      related: [['server', 'host']],
      message: `must be 'required' while server.host is ${server.host}, which other machines can reach`,
      suggestion: 'set security.auth to required, or server.host to 127.0.0.1',
    },
  ];
}

/** Two listeners of one server cannot share a port. */
function portProblems({ server, metrics }: ServerConfig): CheckProblem[] {
  if (server.transport !== 'http' || server.port === 0 || metrics.prometheusPort !== server.port) return [];
  return [
    {
      path: ['metrics', 'prometheusPort'],
      related: [['server', 'port']],
      message: `must differ from server.port (${server.port}), which serves /metrics too`,
      suggestion: 'choose another port, or leave metrics.prometheusPort out',
    },
  ];
}

/** No tool may have more than the limits of all tools. */
function limitProblems({ security, tools, apis }: ServerConfig): CheckProblem[] {
  const declared = [
    ...Object.entries(tools).map(([name, tool]) => [['tools', name], tool] as const),
    ...Object.entries(apis).map(([key, api]) => [['apis', key], api] as const),
  ];
  return declared.flatMap(([path, { timeout, concurrency, maxOutput }]) => [
    ...limitProblem([...path, 'timeout'], timeout, security, 'timeoutSeconds', ' s'),
    ...limitProblem([...path, 'concurrency'], concurrency, security, 'concurrencyLimit', ''),
    ...limitProblem([...path, 'maxOutput'], maxOutput, security, 'maxOutputSize', ''),
  ]);
}

function limitProblem(
  path: readonly string[],
  value: number | undefined,
  security: ServerConfig['security'],
  limit: 'timeoutSeconds' | 'concurrencyLimit' | 'maxOutputSize',
  unit: string,
): CheckProblem[] {
  if (value === undefined || value <= security[limit]) return [];
  return [
    {
      path,
      related: [['security', limit]],
      message: `(${value}${unit}) is above the ceiling security.${limit} (${security[limit]}${unit})`,
      suggestion: `lower it, or raise security.${limit}`,
    },
  ];
}

/** Each program has its place. */
function processProblems({ federation, upstreams }: ServerConfig): CheckProblem[] {
  const count = programCount(upstreams);
  if (count <= federation.maxProcesses) return [];
  return [
    {
      path: ['federation', 'maxProcesses'],
      related: [['upstreams']],
      message: `(${federation.maxProcesses}) is lower than the number of upstreams that are programs (${count})`,
      suggestion: 'raise it, or remove upstreams',
    },
  ];
}

/** A process that is alone has nobody to share with. */
function breakerSharingProblems({ cluster, server }: ServerConfig): CheckProblem[] {
  if (cluster.breakers === 'off' || cluster.url.reveal() !== '' || server.workers > 1) return [];
  return [
    {
      path: ['cluster', 'breakers'],
      related: [
        ['cluster', 'url'],
        ['server', 'workers'],
      ],
      message: `(${cluster.breakers}) has no effect on a server that runs alone, in one process`,
      suggestion: 'set cluster.url, or server.workers to 2 or more, or cluster.breakers to off',
    },
  ];
}

/** What servers of a cluster must have in common. */
function clusterProblems({ cluster, server, security }: ServerConfig): CheckProblem[] {
  if (cluster.url.reveal() === '') return [];
  const path = ['cluster', 'url'];
  const problems: CheckProblem[] = [];
  if (server.transport === 'stdio') {
    problems.push({
      path,
      related: [['server', 'transport']],
      message: 'is set, but a server over stdio has one client and shares nothing',
      suggestion: 'set server.transport to http, or remove cluster.url',
    });
  }
  if (cluster.secrets.length === 0) {
    problems.push({
      path,
      related: [['cluster', 'secrets']],
      message: 'needs cluster.secrets, the same on every server',
      suggestion: 'set it to a list with one text from openssl rand -hex 32',
    });
  }
  const { auth, apiKey, apiKeys, jwt, keyStore } = security;
  const hasCredentials = apiKey !== undefined || apiKeys.length > 0 || jwt !== undefined || keyStore !== undefined;
  if (auth === 'required' && !hasCredentials) {
    problems.push({
      path,
      related: [['security', 'apiKeys']],
      message:
        'needs configured credentials: otherwise each server generates a key of its own, which the others reject',
      suggestion: 'set security.apiKeys, security.apiKey, security.keyStore or security.jwt',
    });
  }
  return problems;
}

/** Each server would have jobs of its own, and the others would not find them. */
function clusterJobProblems(config: ServerConfig): CheckProblem[] {
  if (config.cluster.url.reveal() === '' || areJobsShared(config)) return [];
  const names = Object.entries(config.tools).filter(([, { job }]) => job !== undefined && job.mode !== 'never');
  return names.map(([name]) => ({
    path: ['tools', name, 'job'],
    related: [['cluster', 'url']],
    message: 'needs a PostgreSQL that the servers of the cluster share',
    suggestion: 'set database.url to postgres://... with jobs.store: auto, or set job to never',
  }));
}

/** Two names for one key could not be distinguished in the audit log. */
function keyProblems({ security }: ServerConfig): CheckProblem[] {
  const owners = new Map<string, string>();
  if (security.apiKey !== undefined) owners.set(security.apiKey.reveal(), 'security.apiKey');
  return security.apiKeys.flatMap(({ key }, index) => {
    const earlier = owners.get(key.reveal());
    owners.set(key.reveal(), `security.apiKeys[${index}].key`);
    if (earlier === undefined) return [];
    const path = ['security', 'apiKeys', String(index), 'key'];
    return [{ path, message: `is the same as ${earlier}`, suggestion: 'give every user a key of their own' }];
  });
}
