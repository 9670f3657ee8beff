import type { Implementation } from '@modelcontextprotocol/server';

import type { ToolGateway } from '../gateway/tool-gateway.ts';
import type { HandOvers } from './fast-lane/hand-over.ts';
import type { PromptCatalog } from './prompts.ts';
import type { CallerResource, ResourceDefinition } from './resources.ts';
import type { ToolListing } from './tool-listing.ts';

/** What an endpoint speaks of. Nothing here needs the SDK. */
export interface ProtocolParts {
  readonly gateway: ToolGateway;
  readonly listing: ToolListing;
  readonly resources: readonly (ResourceDefinition | CallerResource)[];
  readonly prompts: PromptCatalog;
  readonly version: string;
  readonly instructions: () => string;
  /** Calls that already run when their request arrives at the SDK. */
  readonly handOvers: HandOvers;
}

export function serverInfo(version: string): Implementation {
  return { name: 'mcp-server', title: 'MCP tool server', version };
}
