/**
 * The tools, prompts and resources that the conformance suite uses, as a module. The
 * server loads it with `modules:` like any other.
 */
import type { ModuleSetup } from '@mcp/server';

import { answeringTools } from './answering-tools.ts';
import { askingTools } from './asking-tools.ts';
import { jobTools } from './job-tools.ts';
import { listSwitchingTools, setHost } from './list-switching-tools.ts';

export { prompts } from './prompts.ts';
export { resources } from './resources.ts';

export const tools = [...answeringTools, ...askingTools, ...listSwitchingTools, ...jobTools];

export const setup: ModuleSetup = setHost;
