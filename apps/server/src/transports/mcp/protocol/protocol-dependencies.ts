import type { Implementation } from '@modelcontextprotocol/server';

import type { ToolGateway } from '../../../calls/tool-gateway.ts';
import type { PromptCatalog } from '../../../catalog/prompts.ts';
import type { CallerResource, ResourceDefinition } from '../../../catalog/resources.ts';
import type { ToolListing } from './tool-listing.ts';

/** What an MCP endpoint serves. Nothing here needs the SDK. */
export interface ProtocolDependencies {
  readonly gateway: ToolGateway;
  readonly listing: ToolListing;
  readonly resources: readonly (ResourceDefinition | CallerResource)[];
  readonly prompts: PromptCatalog;
  readonly version: string;
  readonly instructions: () => string;
  readonly onError: (error: Error) => void;
}

export function serverInfo(version: string): Implementation {
  return { name: 'mcp-server', title: 'MCP tool server', version };
}
