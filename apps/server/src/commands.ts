/** What the command line can ask for besides help: check the configuration, list the tools, serve. */
import { ConfigError, renderDescription } from '@mcp/config';

import { GeneratedKeyError } from './access/generated-key.ts';
import type { ServeOptions } from './cli.ts';
import { loadConfiguration, planningToolset } from './configuration.ts';
import { serve } from './serve.ts';
import { StartError } from './start-error.ts';

/** Prints every effective value with its origin. The tools are made too, so that what passes here also starts. */
export function runCheck(options: ServeOptions): Promise<number> {
  return explained(async () => {
    const { store } = await loadConfiguration(options);
    await using _ = store;
    process.stdout.write(`${renderDescription(store.describe())}\n`);
    return 0;
  });
}

export function runListTools(options: ServeOptions): Promise<number> {
  return explained(async () => {
    const { store, modules } = await loadConfiguration(options);
    await using _ = store;
    const toolset = planningToolset(modules);
    toolset.apply(toolset.plan(store.snapshot.values));
    for (const tool of toolset.registry.list()) {
      const state = tool.enabled ? '' : ' (excluded by the configuration)';
      process.stdout.write(`${tool.name.padEnd(24)} ${tool.definition.description.split('\n', 1)[0]}${state}\n`);
    }
    return 0;
  });
}

export function runServe(options: ServeOptions): Promise<number> {
  return explained(() => serve(options));
}

/** Turns what an operator can mend into a message and exit code 1; anything else is a defect and keeps its stack. */
async function explained(run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ConfigError || error instanceof StartError || error instanceof GeneratedKeyError) {
      process.stderr.write(`mcp-server: ${error.message}\n`);
      return 1;
    }
    throw error;
  }
}
