import type { DeepReadonly } from '@mcp/config';
import { resourceLimitsOf, type ResourceLimits, type ResourceLimitsSpec } from '@mcp/tool-base';

import { checkTiming } from './milliseconds.ts';
import type { ResourcesDeclaration } from '../fields/resources-config.ts';
import type { ServerConfig } from '../shape/server-config.ts';

/** The limits of a tool: its own, else the defaults, which are lowered to the ceilings. */
export function resourceLimits(
  own: DeepReadonly<ResourcesDeclaration> | undefined,
  { security, tool }: Pick<ServerConfig, 'security' | 'tool'>,
): ResourceLimitsSpec {
  const limit = (name: keyof ResourcesDeclaration): number | 'none' | undefined =>
    own?.[name] ?? lowered(tool.defaultResources[name], security.maxResources[name]);
  const cpuTime = limit('cpuTime');
  return {
    memoryBytes: limit('memory') ?? 'none',
    fileBytes: limit('fileSize') ?? 'none',
    openFiles: limit('openFiles') ?? 'none',
    processes: limit('processes') ?? 'none',
    ...(cpuTime === undefined ? {} : { cpuSeconds: cpuTime === 'none' ? cpuTime : Math.ceil(cpuTime) }),
  };
}

function lowered(limit: number | 'none' | undefined, ceiling: number | undefined): number | 'none' | undefined {
  if (ceiling === undefined) return limit;
  return typeof limit === 'number' ? Math.min(limit, ceiling) : ceiling;
}

/** What a program of a health check may use. */
export function healthCheckLimits(values: ServerConfig): ResourceLimits {
  return resourceLimitsOf({ resourceLimits: resourceLimits(undefined, values) }, checkTiming(values.health).timeoutMs);
}
