/**
 * @mcp/server: what a module of your own imports beside `@mcp/tool-base`, which has `defineTool`.
 * Adding a name here makes it public API.
 */
import type { PromptDefinition } from './catalog/prompts.ts';
import type { FixedResource, TemplatedResource } from './catalog/resources.ts';

// Defining tools
export { defineCommandTool, defineTool, fromJsonSchema, toolContent, ToolError } from '@mcp/tool-base';

// Defining prompts and resources
export type { PromptArgument, PromptDefinition } from './catalog/prompts.ts';
export type { FixedResource, ResourceBody, ResourceDefinition, TemplatedResource } from './catalog/resources.ts';

// The module itself
export type { ModuleHost, ModuleSetup } from './modules/module-host.ts';

export { version } from './version.ts';

/** Says that an object is a prompt, so that an editor knows its members. */
export function definePrompt(prompt: PromptDefinition): PromptDefinition {
  return prompt;
}

/** Says that an object is a resource, with one address or a template of addresses, so that an editor knows its members. */
export function defineResource<R extends FixedResource | TemplatedResource>(resource: R): R {
  return resource;
}
