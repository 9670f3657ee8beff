/** The public API of @mcp/server for modules, beside `@mcp/tool-base`. Every name exported here is public API. */
import type { PromptDefinition } from './catalog/prompts.ts';
import type { FixedResource, TemplatedResource } from './catalog/resources.ts';

// Defining tools
export { defineCommandTool, defineTool, fromJsonSchema, toolContent, ToolError } from '@mcp/tool-base';

// Defining prompts and resources
export type { PromptArgument, PromptDefinition } from './catalog/prompts.ts';
export type { FixedResource, ResourceBody, ResourceDefinition, TemplatedResource } from './catalog/resources.ts';

// The module itself
export type { ModuleHost, ModuleSetup } from './modules/module-host.ts';

export { version } from './foundation/version.ts';

/** Returns the prompt unchanged; it gives an editor the types of its members. */
export function definePrompt(prompt: PromptDefinition): PromptDefinition {
  return prompt;
}

/** Returns the resource unchanged; it gives an editor the types of its members. */
export function defineResource<R extends FixedResource | TemplatedResource>(resource: R): R {
  return resource;
}
