import type { DeepReadonly } from '@mcp/config';
import { environmentOf, readSecrets, resourceLimitsOf, type Launcher } from '@mcp/tool-base';
import type { StdioConnectionOptions } from '@mcp/upstreams';

import { toMs } from './command-tool-spec.ts';
import { resourceLimits } from './resource-limits.ts';
import { sandboxRequest } from './sandbox-request.ts';
import type { ServerConfig } from '../shape/server-config.ts';
import type { UpstreamConfig } from '../shape/upstream-config.ts';

/** The program of an upstream. Its secrets are read at each start, so that changed ones are used without a reload. */
export function programOptions(
  config: DeepReadonly<UpstreamConfig>,
  values: ServerConfig,
  launcher: Pick<Launcher, 'open'>,
): StdioConnectionOptions {
  const { env, passEnv, cwd, start, restart, limits: given, sandbox: own } = config;
  const [program = '', ...args] = config.command ?? [];
  const secrets = Object.fromEntries(
    Object.entries(config.secrets).map(([name, { file, variable, as }]) => [
      name,
      { as, ...(file !== undefined && { file }), ...(variable !== undefined && { variable }) },
    ]),
  );
  const { cpuSeconds: _, ...limits } = resourceLimits(given, values);
  // A program that runs for days uses up any fixed amount of processor time, so there is none but its own.
  const cpuSeconds = toSeconds(given?.cpuTime);
  return {
    launcher,
    command: [program, ...args],
    environment: environmentOf({ env, passEnv }),
    secrets: () => readSecrets({ secrets }),
    workingDirectory: cwd,
    limits: resourceLimitsOf({ resourceLimits: { ...limits, cpuSeconds } }, 0),
    sandbox: sandboxRequest(values, {
      command: program,
      own,
      folders: cwd === undefined ? [] : [cwd],
      network: 'host',
    }),
    start,
    restart: {
      initialMs: toMs(restart?.initial),
      maxMs: toMs(restart?.max),
      stableAfterMs: toMs(restart?.stableAfter),
    },
  };
}

function toSeconds(cpuTime: number | 'none' | undefined): number | 'none' {
  return typeof cpuTime === 'number' ? Math.ceil(cpuTime) : 'none';
}
