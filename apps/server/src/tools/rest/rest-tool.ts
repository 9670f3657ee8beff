import type { ToolDefinition } from '@mcp/tool-base';

/** Reports what is wrong with a declaration, at a path inside it. */
export type Report = (within: readonly string[], message: string, suggestion?: string) => void;

/** One tool that sends requests, not yet in a toolset. */
export interface RestTool {
  /** Where it is declared. */
  readonly path: readonly string[];
  readonly definition: ToolDefinition;
  /** Equal for two configurations when the tool is the same in both. */
  readonly fingerprint: unknown;
}
