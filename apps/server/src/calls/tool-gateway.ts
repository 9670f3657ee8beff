/**
 * The one door to the tools, shared by every face of the server (MCP over stdio, MCP over HTTP, plain HTTP):
 *
 *   room for one more -> find it -> may they call it -> rate limit -> callTool (@mcp/tool-base) -> audit, events -> result
 *
 * A tool that the caller may not call is reported exactly as one that does not exist would be listed: it is missing
 * from the list. Calling it is still answered `forbidden`, so that an operator can tell the two apart in the audit trail.
 */
import { randomUUID } from 'node:crypto';

import {
  callTool,
  ToolError,
  type CallLog,
  type ClientInput,
  type Progress,
  type Tool,
  type ToolRegistry,
  type ToolResult,
  type ToolResultError,
} from '@mcp/tool-base';

import { mayCall, maySee, type Principal } from '../access/principal.ts';
import type { AuditTrail } from '../observability/audit/audit-trail.ts';
import type { CallLimit } from './call-limit.ts';
import { decisionOf, outcomeOf, refusedResult } from './call-outcome.ts';
import type { EventBus } from '../observability/events/event-bus.ts';
import { ToolLog } from '../observability/log/call-log.ts';
import { callScope } from '../observability/log/call-scope.ts';
import type { Logger } from '../observability/log/logger.ts';
import type { RateLimitDecision, RateLimiter } from '../rate-limit/rate-limiter.ts';
import { RunningCalls } from './running-calls.ts';
import type { CallTracer } from '../observability/tracing/call-tracer.ts';
import { formatTraceParent, parseTraceParent, type TraceParent } from '../observability/tracing/trace-context.ts';

export interface ToolCallRequest {
  /** As the client sent it: not yet known to name a tool. */
  readonly name: string;
  readonly arguments: unknown;
  readonly principal: Principal;
  readonly signal?: AbortSignal;
  /** Ends the call, instead of `signal`: the face's own, which the gateway may abort as well. */
  readonly stop?: AbortController;
  /** Already checked by the face. @default the trace id of `traceparent`, else a random UUID */
  readonly correlationId?: string;
  /** W3C trace context of the caller, as it was sent. */
  readonly traceparent?: unknown;
  readonly tracestate?: unknown;
  readonly timeoutMs?: number;
  readonly onProgress?: (progress: Progress) => void;
  readonly log?: CallLog;
  /** Takes the tool's questions to the client, where the face can. */
  readonly clientInput?: ClientInput;
}

export interface ToolGatewayParts {
  readonly registry: ToolRegistry;
  readonly audit: AuditTrail;
  readonly events: EventBus;
  readonly rateLimiter: RateLimiter;
  readonly limit: CallLimit;
  readonly tracer: CallTracer;
  readonly logger: Logger;
}

export class ToolGateway {
  readonly #parts: ToolGatewayParts;
  readonly #running = new RunningCalls();
  #accepting = true;

  constructor(parts: ToolGatewayParts) {
    this.#parts = parts;
  }

  get registry(): ToolRegistry {
    return this.#parts.registry;
  }

  /** Calls that have been let in and not yet answered. */
  get running(): number {
    return this.#running.size;
  }

  /** A call made now would be turned away, whatever it calls. */
  get isFull(): boolean {
    return this.#parts.limit.isFull;
  }

  /** The enabled tools this caller may see, in the registry's order. */
  list(principal: Principal): Tool[] {
    return this.#parts.registry.list({ enabledOnly: true }).filter((tool) => maySee(principal, tool.name));
  }

  /** Answers every call exactly once and never rejects. */
  async call(request: ToolCallRequest): Promise<ToolResult> {
    const { limit } = this.#parts;
    if (!limit.tryEnter()) return this.turnAway(request);
    try {
      const parent = parseTraceParent(request.traceparent, request.tracestate);
      const correlationId = request.correlationId ?? parent?.traceId ?? randomUUID();
      const admitted = this.#admit(request);
      const result =
        admitted instanceof ToolError
          ? refusedResult(admitted, correlationId)
          : await this.#run(admitted, request, correlationId, parent);
      this.#record(request, result);
      return result;
    } finally {
      limit.leave();
    }
  }

  /** The answer to a call for which there is no room, audited like any other; nothing is looked up or run. */
  turnAway(request: ToolCallRequest): ToolResult & { readonly error: ToolResultError } {
    const { limit } = this.#parts;
    limit.shed += 1;
    const error = new ToolError('resource_exhausted', `The server is full; calls it takes at a time: ${limit.max}.`, {
      suggestion: 'Call again in about 1 s, and with fewer calls at a time.',
      retryAfterMs: FULL_RETRY_MS,
    });
    const { traceId } = parseTraceParent(request.traceparent) ?? {};
    const result = refusedResult(error, request.correlationId ?? traceId ?? randomUUID());
    this.#record(request, result);
    return result;
  }

  /** From now on every call is refused; those that run are left alone. */
  stopAccepting(): void {
    this.#accepting = false;
  }

  /** Ends every running call as `cancelled`; their process groups are killed by the pipeline. */
  abortAll(reason: string): void {
    this.#running.abortAll(new DOMException(reason, 'AbortError'));
  }

  /** The tool to call, or why the call goes no further. */
  #admit(request: ToolCallRequest): Tool | ToolError {
    if (!this.#accepting) {
      return new ToolError('resource_exhausted', 'The server is shutting down.', {
        suggestion: 'Send the call again once the server is back.',
        retryAfterMs: 5000,
      });
    }
    // The name is the client's text and is not repeated.
    const tool = this.#parts.registry.get(request.name);
    if (!tool) return new ToolError('not_found', 'There is no tool of that name.');
    const caller = request.principal.name;
    if (!mayCall(request.principal, tool.name)) {
      return new ToolError('forbidden', `The credential in use may not call ${tool.name}.`, {
        suggestion: `Ask the operator for the scope tools:call:${tool.name}, or list the tools to see which may be called.`,
      });
    }
    return granted(tool, this.#parts.rateLimiter.take({ caller, tool: tool.name }));
  }

  async #run(
    tool: Tool,
    request: ToolCallRequest,
    correlationId: string,
    parent: TraceParent | undefined,
  ): Promise<ToolResult> {
    const { events, tracer, logger } = this.#parts;
    const caller = request.principal.name;
    const endSpan = tracer.start({ tool: tool.name, caller, correlationId, parent });
    const { stop = new AbortController() } = request;
    const giveUp = (): void => stop.abort(request.signal?.reason);
    if (request.signal?.aborted) giveUp();
    request.signal?.addEventListener('abort', giveUp, { once: true });
    const running = this.#running.enter(stop);
    events.publish('call.started', { tool: tool.name, caller, correlationId });
    try {
      const scope = { correlationId, traceparent: parent && formatTraceParent(parent), tracestate: parent?.state };
      const result = await callScope.run(scope, () =>
        callTool(tool, {
          arguments: request.arguments,
          caller: { name: caller },
          signal: stop.signal,
          correlationId,
          timeoutMs: request.timeoutMs,
          onProgress: request.onProgress,
          log: new ToolLog(logger, tool.name, correlationId, request.log),
          clientInput: request.clientInput,
        }),
      );
      endSpan(outcomeOf(result));
      return result;
    } finally {
      request.signal?.removeEventListener('abort', giveUp);
      this.#running.leave(running);
    }
  }

  #record(request: ToolCallRequest, result: ToolResult): void {
    const { correlationId, durationMs, queueMs, outputBytes } = result.meta;
    const finished = {
      correlationId,
      tool: this.#parts.registry.get(request.name)?.name ?? '__unknown__',
      caller: request.principal.name,
      outcome: outcomeOf(result),
      durationMs,
      queueMs,
      outputBytes,
    };
    const { exitCode } = result.structured;
    this.#parts.events.publish('call.finished', finished);
    this.#parts.audit.record({
      ...finished,
      decision: decisionOf(result),
      arguments: request.arguments,
      ...(typeof exitCode === 'number' && { exitCode }),
    });
  }
}

function granted(tool: Tool, grant: RateLimitDecision): Tool | ToolError {
  if (grant.allowed) return tool;
  return new ToolError('resource_exhausted', `Too many calls to ${tool.name} from this caller.`, {
    suggestion: `Do not retry before ${Math.ceil(grant.retryAfterMs / 1000)} s have passed.`,
    retryAfterMs: grant.retryAfterMs,
  });
}

/** Nobody knows when the next of so many different calls ends; those that come too early are turned away cheaply. */
const FULL_RETRY_MS = 1000;
