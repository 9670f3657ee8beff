import { flatInputSchema, type ProgramContext, type ToolDefinition } from '@mcp/tool-base';

import type { Members } from '../connection/take-apart.ts';
import type { OfferedTool } from '../listing/catalogue.ts';
import { listOrder } from '../listing/list-order.ts';
import type { ToolOverride } from '../tool-override.ts';
import { DEFAULT_TIMEOUT_MS, type UpstreamSettings } from '../upstream-options.ts';
import { argumentSchema } from './argument-schema.ts';
import { structuredCheck } from './structured-check.ts';
import { callUpstream, type CalledUpstream } from './call-upstream.ts';

export type ToolOwner = CalledUpstream & {
  /** The last one that was spoken. */
  readonly era: string | undefined;
  available(): ReturnType<ToolDefinition['available']>;
};

interface UpstreamToolParts {
  readonly upstream: ToolOwner;
  readonly options: UpstreamSettings;
  readonly offered: OfferedTool;
}

/**
 * A tool of an upstream as a tool of tool-base. Its schemas are published as the upstream wrote them, but for alternatives
 * at the top level of the input schema: several model APIs reject every tool of a request for those of one.
 */
export function upstreamTool({ upstream, options, offered }: UpstreamToolParts): ToolDefinition {
  const { exposed, tool } = offered;
  const override: ToolOverride = options.tools?.overrides?.[tool.name] ?? {};
  const { description, timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS, circuitBreaker } = override;
  const { key, structured: mode = 'warn' } = options;
  const check = structuredCheck({ key, mode, statistics: upstream.statistics }, tool.outputSchema);
  const ceiling = options.toolOptions?.ceilings?.timeoutMs ?? Infinity;
  return {
    name: exposed,
    kind: 'upstream',
    ...(tool.title !== undefined && { title: tool.title }),
    description: description ?? tool.description ?? tool.title ?? `Tool ${tool.name} of ${options.key}.`,
    annotations: tool.annotations,
    limits: {
      timeoutMs: Math.min(timeoutMs, ceiling),
      concurrency: override.concurrency,
      queue: override.queue,
      maxOutputBytes: override.maxOutputBytes,
    },
    ...(circuitBreaker && { circuitBreaker }),
    input: argumentSchema(tool.inputSchema),
    inputJsonSchema: flatInputSchema(tool.inputSchema),
    ...(tool.outputSchema && { outputJsonSchema: tool.outputSchema }),
    verbatimSchemas: true,
    listOrder: listOrder(options.position ?? 0, exposed),
    upstream: { name: options.key, tool: tool.name, era: () => upstream.era },
    targets: Object.entries(override.targets ?? {}).map(([parameter, kind]) => ({
      parameter,
      kind,
      // The upstream gets the argument as it is, and resolves names by itself.
      resolve: 'check',
      optional: true,
    })),
    settleMs: 0,
    available: () => upstream.available(),
    run: (input: Members, context: ProgramContext) =>
      callUpstream(upstream, {
        tool,
        idempotent: override.idempotent ?? false,
        arguments: input,
        ...(check && { check }),
        context,
      }),
  };
}
