import type { ClientCapabilities, Implementation, ServerContext } from '@modelcontextprotocol/server';

import type { ClientLoggingLevel } from './logging-level.ts';
import type { ProtocolServerDependencies } from './protocol-server-dependencies.ts';

/** A request that runs code of a tool or a prompt. */
export interface RequestContext {
  readonly dependencies: ProtocolServerDependencies;
  readonly context: ServerContext;
  /** The level of tool logs that the client wants. */
  readonly logging: ClientLoggingLevel;
  /** As the client declared them. */
  readonly capabilities: ClientCapabilities | undefined;
  readonly client: Implementation | undefined;
}

/** Both from the same source: a `tracestate` belongs to its own `traceparent`. */
export function traceOf({ mcpReq, http }: ServerContext): { traceparent: unknown; tracestate: unknown } {
  const { _meta: meta } = mcpReq;
  if (meta?.['traceparent'] !== undefined) return { traceparent: meta['traceparent'], tracestate: meta['tracestate'] };
  const headers = http?.req?.headers;
  return { traceparent: headers?.get('traceparent'), tracestate: headers?.get('tracestate') };
}
