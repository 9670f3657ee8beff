import type { Implementation } from '@modelcontextprotocol/server';

import type { ToolGateway } from '../../../calls/tool-gateway.ts';
import type { HandOvers } from './call-handoffs.ts';
import type { PromptCatalog } from '../../../catalog/prompts.ts';
import type { CallerResource, ResourceDefinition } from '../../../catalog/resources.ts';
import type { ToolListing } from '../protocol/tool-listing.ts';

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
