/**
 * The tools, prompts and resources that the protocol project's conformance suite names, as a module of a user's own: the
 * server loads it through `modules:` and knows nothing of the suite.
 */
import type { ModuleSetup } from '@mcp/server';

import { answeringTools } from './answering-tools.ts';
import { askingTools } from './asking-tools.ts';
import { listSwitchingTools, setHost } from './list-switching-tools.ts';

export { prompts } from './prompts.ts';
export { resources } from './resources.ts';

export const tools = [...answeringTools, ...askingTools, ...listSwitchingTools];

export const setup: ModuleSetup = setHost;
