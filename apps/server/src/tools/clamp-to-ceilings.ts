import type { LimitCeilings, ToolDefinition } from '@mcp/tool-base';

/** Limits of built-in tools and presets are lowered to the ceilings; a declared tool above a ceiling is rejected. */
export function clampToCeilings(ceilings: LimitCeilings, definition: ToolDefinition): ToolDefinition {
  const { limits = {} } = definition;
  const lower = (own: number | undefined, ceiling: number | undefined): number | undefined =>
    own !== undefined && ceiling !== undefined ? Math.min(own, ceiling) : own;
  return {
    ...definition,
    limits: {
      ...limits,
      timeoutMs: lower(limits.timeoutMs, ceilings.timeoutMs),
      concurrency: lower(limits.concurrency, ceilings.concurrency),
      maxOutputBytes: lower(limits.maxOutputBytes, ceilings.maxOutputBytes),
    },
  };
}
