/** Tools that enable and disable others, so that clients are notified. */
import { defineTool, type ModuleHost } from '@mcp/server';
import type { ToolDefinition } from '@mcp/tool-base';

import { noArguments } from './no-arguments.ts';

let host: ModuleHost | undefined;

export function setHost(given: ModuleHost): void {
  host = given;
}

export const listSwitchingTools: readonly ToolDefinition[] = [
  defineTool({
    name: 'test_trigger_tool_change',
    description: 'Takes a tool off the list and puts it back',
    input: noArguments,
    run() {
      host?.switchTool('test_simple_text', false);
      host?.switchTool('test_simple_text', true);
      return 'The list of tools has changed twice.';
    },
  }),
  defineTool({
    name: 'test_trigger_prompt_change',
    description: 'Takes a prompt off the list and puts it back',
    input: noArguments,
    run() {
      host?.switchPrompt('test_simple_prompt', false);
      host?.switchPrompt('test_simple_prompt', true);
      return 'The list of prompts has changed twice.';
    },
  }),
];
