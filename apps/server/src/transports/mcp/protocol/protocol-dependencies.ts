import type { Implementation } from '@modelcontextprotocol/server';

import type { JobCalls } from '../../../calls/job-calls.ts';
import type { ToolGateway } from '../../../calls/tool-gateway.ts';
import type { OfferedResources } from '../../../catalog/offered-resources.ts';
import type { PromptCatalog } from '../../../catalog/prompts.ts';
import type { CallerResource, ResourceDefinition } from '../../../catalog/resources.ts';
import type { TimeLimit } from '../../../catalog/time-limit.ts';
import type { ToolListing } from './tool-listing.ts';

/** Jobs as MCP shows them. */
export interface ProtocolJobs {
  readonly calls: JobCalls;
  /** How long a call of a tool with `auto` is waited for before it goes on as a job, for clients with tasks and for all others. */
  readonly waits: () => { readonly taskAfterMs: number; readonly inlineWaitMs: number };
}

/** What an MCP endpoint serves. Nothing here needs the SDK. */
export interface ProtocolDependencies {
  readonly gateway: ToolGateway;
  readonly jobs: ProtocolJobs;
  readonly listing: ToolListing;
  readonly resources: readonly (ResourceDefinition | CallerResource)[];
  /** Those of upstreams. @default none */
  readonly offeredResources?: OfferedResources;
  /** How long the code of a resource may run; prompts bring theirs. @default for ever */
  readonly contentLimit?: TimeLimit;
  readonly prompts: PromptCatalog;
  readonly version: string;
  readonly instructions: () => string;
  readonly onError: (error: Error) => void;
  /** Called with why a prompt, a resource or a completion failed, which clients do not get. @default onError */
  readonly onContentFailure?: (error: Error) => void;
}

export function serverInfo(version: string): Implementation {
  return { name: 'mcp-server', title: 'MCP tool server', version };
}
