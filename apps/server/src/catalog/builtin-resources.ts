import { maySee, type Principal } from '../access/principal.ts';
import type { ToolGateway } from '../calls/tool-gateway.ts';
import type { CallerResource, ResourceDefinition } from './resources.ts';

export interface BuiltinResourceSources {
  readonly gateway: ToolGateway;
  /** Each as plain JSON, limited to the tools visible to the reader. */
  readonly health: (reader: Principal) => unknown;
  readonly metrics: (reader: Principal) => unknown;
  readonly configuration: () => unknown;
}

/** The server's own resources: `mcp://health`, `mcp://metrics`, `mcp://config`, and `mcp://tools/{name}`. */
export function builtinResources(sources: BuiltinResourceSources): (ResourceDefinition | CallerResource)[] {
  const { registry } = sources.gateway;
  const json = { mimeType: 'application/json' };
  return [
    {
      ...json,
      uri: 'mcp://health',
      name: 'health',
      title: 'Health',
      description: 'Every health check with its last result; of tools, those the reader may see',
      scope: 'tools:read',
      readFor: (reader) => JSON.stringify(sources.health(reader)),
    },
    {
      ...json,
      uri: 'mcp://metrics',
      name: 'metrics',
      title: 'Statistics',
      description: 'Calls, failures and latency percentiles of every tool the reader may see',
      scope: 'tools:read',
      readFor: (reader) => JSON.stringify(sources.metrics(reader)),
    },
    {
      ...json,
      uri: 'mcp://config',
      name: 'config',
      title: 'Configuration',
      description: 'The effective configuration with the origin of each value; secrets are left out',
      scope: 'admin',
      read: () => JSON.stringify(sources.configuration()),
    },
    {
      ...json,
      uriTemplate: 'mcp://tools/{name}',
      name: 'tool',
      title: 'One tool',
      description: 'Limits, availability and circuit breaker of one tool',
      scope: 'tools:read',
      read: ({ name = '' }, principal) => {
        const tool = registry.get(name);
        return tool && maySee(principal, tool.name) ? JSON.stringify(tool.info()) : undefined;
      },
      values: (_, principal: Principal) => sources.gateway.list(principal).map((tool) => tool.name),
    },
  ];
}
