/**
 * The tools and prompts of the suite without the prefix `test_`, for a server that is the upstream `test` of another one: there they
 * have the names that the suite calls.
 */
import type { PromptDefinition } from '@mcp/server';
import type { ToolDefinition } from '@mcp/tool-base';

import { prompts as suitePrompts, tools as suiteTools } from './everything.ts';

export { resources, setup } from './everything.ts';

export const tools: readonly ToolDefinition[] = suiteTools.map((tool) => ({ ...tool, name: unprefixed(tool.name) }));
export const prompts: readonly PromptDefinition[] = suitePrompts.map((prompt) => ({
  ...prompt,
  name: unprefixed(prompt.name),
}));

function unprefixed(name: string): string {
  return name.replace(/^test_/u, '');
}
