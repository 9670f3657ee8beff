import type { CheckProblem } from '@mcp/config';

import type { ResourceCeilings, ResourcesDeclaration } from '../fields/resources-config.ts';
import type { ServerConfig } from '../shape/server-config.ts';

/** No tool may give itself more than `security.maxResources`. */
export function resourceProblems({ security, tools }: ServerConfig): CheckProblem[] {
  return Object.entries(tools).flatMap(([name, { resources }]) =>
    resources === undefined ? [] : problemsOf(['tools', name, 'resources'], resources, security.maxResources),
  );
}

const NAMES = ['memory', 'fileSize', 'cpuTime', 'openFiles', 'processes'] as const;

function problemsOf(path: readonly string[], limits: ResourcesDeclaration, ceilings: ResourceCeilings): CheckProblem[] {
  return NAMES.flatMap((name) => {
    const [limit, ceiling] = [limits[name], ceilings[name]];
    if (limit === undefined || ceiling === undefined || (limit !== 'none' && limit <= ceiling)) return [];
    return [
      {
        path: [...path, name],
        related: [['security', 'maxResources', name]],
        message: `(${limit}) is above the ceiling security.maxResources.${name} (${ceiling})`,
        suggestion: `lower it, or raise security.maxResources.${name}`,
      },
    ];
  });
}
