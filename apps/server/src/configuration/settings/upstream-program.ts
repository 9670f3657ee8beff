import type { DeepReadonly } from '@mcp/config';
import {
  environmentOf,
  readSecrets,
  resourceLimitsOf,
  type CommandToolSpec,
  type Launcher,
  type SandboxRequest,
} from '@mcp/tool-base';
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
  const { env, passEnv, cwd, start, restart, limits: given } = config;
  const [program = '', ...args] = config.command ?? [];
  const secrets = programSecrets(config);
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
    sandbox: programSandbox(config, values),
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

/** Where its secrets come from. */
export function programSecrets({
  secrets,
}: Pick<DeepReadonly<UpstreamConfig>, 'secrets'>): NonNullable<CommandToolSpec['secrets']> {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, { file, variable, as }]) => [
      name,
      { as, ...(file !== undefined && { file }), ...(variable !== undefined && { variable }) },
    ]),
  );
}

/** The programs of upstreams, with the key of each. */
export function upstreamSandboxes(values: ServerConfig): readonly (readonly [path: string, request: SandboxRequest])[] {
  return Object.entries(values.upstreams).flatMap(([key, upstream]) =>
    upstream.command === undefined ? [] : [[`upstreams.${key}`, programSandbox(upstream, values)] as const],
  );
}

function programSandbox(
  { command: [program = ''] = [], cwd, sandbox: own }: DeepReadonly<UpstreamConfig>,
  values: ServerConfig,
): SandboxRequest {
  return sandboxRequest(values, {
    command: program,
    own,
    folders: cwd === undefined ? [] : [cwd],
    network: 'host',
  });
}
