/**
 * The single entry point to the tools for every transport (MCP over stdio, MCP over HTTP, plain HTTP):
 *
 *   concurrency limit -> find the tool -> authorize -> rate limit -> callTool (@mcp/tool-base) -> audit, events -> result
 *
 * A tool that the caller may not see is missing from lists. Calling it is `forbidden`, so that the audit trail tells it apart from
 * a tool that does not exist.
 */
import { randomUUID } from 'node:crypto';

import {
  callTool,
  describeError,
  ToolError,
  type KeepOverflow,
  type Tool,
  type ToolRegistry,
  type ToolResult,
  type ToolResultError,
} from '@mcp/tool-base';

import type { Principal } from '../access/principal.ts';
import type { AuditTrail } from '../observability/audit/audit-trail.ts';
import { askFor, type Approvals } from './approvals/approvals.ts';
import type { CallLimit } from './call-limit.ts';
import { CallerTools, type CallerToolsOptions } from './caller-tools.ts';
import { outcomeOf, rejectedResult } from './call-outcome.ts';
import type { EventBus } from '../observability/events/event-bus.ts';
import { ToolLog } from '../observability/log/call-log.ts';
import { callScope } from '../observability/log/call-scope.ts';
import type { Logger } from '../observability/log/logger.ts';
import type { RateLimiter } from '../rate-limit/rate-limiter.ts';
import { recordCall } from './record-call.ts';
import { goneTool, granted, jobProblem, overloaded, shuttingDown, withinRequest } from './rejections.ts';
import { RunningCalls } from './running-calls.ts';
import type { ToolCallRequest } from './tool-call-request.ts';
import type { CallTracer } from '../observability/tracing/call-tracer.ts';
import { formatTraceParent, parseTraceParent, type TraceParent } from '../observability/tracing/trace-context.ts';

export interface ToolGatewayDependencies extends CallerToolsOptions {
  readonly audit: AuditTrail;
  readonly events: EventBus;
  readonly rateLimiter: RateLimiter;
  readonly limit: CallLimit;
  /** Where operators can be asked about calls. */
  readonly approvals?: Pick<Approvals, 'ask'> | undefined;
  readonly tracer: CallTracer;
  readonly logger: Logger;
  /** Keeps output that a result is too small for. @default it is left out */
  readonly keepCall?: ((tool: string, caller: string) => KeepOverflow | undefined) | undefined;
}

export class ToolGateway {
  readonly #dependencies: ToolGatewayDependencies;
  readonly #tools: CallerTools;
  readonly #running = new RunningCalls();
  #accepting = true;

  constructor(dependencies: ToolGatewayDependencies) {
    this.#dependencies = dependencies;
    this.#tools = new CallerTools(dependencies);
  }

  get registry(): ToolRegistry {
    return this.#dependencies.registry;
  }

  /** Calls that were admitted and are not answered yet. */
  get running(): number {
    return this.#running.size;
  }

  /** Whether a call of this caller would be rejected now, whatever tool it names. */
  isFullFor(principal: Principal): boolean {
    return this.#dependencies.limit.isFullFor(principal.name);
  }

  /** The enabled tools this caller may see, in the registry's order. */
  list(principal: Principal): Tool[] {
    return this.#tools.list(principal);
  }

  /** See {@link CallerTools.listed}. */
  listed(...list: Parameters<CallerTools['listed']>): readonly Tool[] {
    return this.#tools.listed(...list);
  }

  /** The call that is meant: where it is of `call_tool`, that of the tool which its arguments name. */
  meant(call: Pick<ToolCallRequest, 'name' | 'arguments'>): Pick<ToolCallRequest, 'name' | 'arguments'> {
    return this.#tools.meant(call);
  }

  /** The tool that a call runs. */
  toolOf(name: string, given: unknown): Tool | undefined {
    return this.#dependencies.registry.get(this.meant({ name, arguments: given }).name);
  }

  /** Answers every call exactly once and never rejects. */
  async call(given: ToolCallRequest): Promise<ToolResult> {
    const { limit } = this.#dependencies;
    const meant = this.meant(given);
    const request = meant === given ? given : { ...given, name: meant.name, arguments: meant.arguments };
    const caller = request.principal.name;
    if (!limit.tryEnter(caller)) return this.rejectOverload(request);
    try {
      const parent = parseTraceParent(request.traceparent, request.tracestate);
      const correlationId = request.correlationId ?? parent?.traceId ?? randomUUID();
      const grant = this.#grant(withinRequest(this.#admit(request)), request);
      const admitted = grant instanceof Promise ? await grant : grant;
      let approvedBy: string | undefined;
      const result =
        admitted instanceof ToolError
          ? rejectedResult(admitted, correlationId)
          : await this.#run(admitted, request, correlationId, parent, (by) => void (approvedBy = by));
      recordCall(this.#dependencies, request, result, approvedBy);
      return result;
    } finally {
      limit.leave(caller);
    }
  }

  /** The result of a call beyond the concurrency limit, audited like any other. Nothing is looked up or run. */
  rejectOverload(request: ToolCallRequest): ToolResult & { readonly error: ToolResultError } {
    const { limit } = this.#dependencies;
    limit.shed += 1;
    return this.reject(request, overloaded(limit));
  }

  /**
   * Checks a call that will run later, as {@link call} would: tool, caller, rate, arguments, and that whoever must be asked can be.
   *
   * @returns the tool, or the result of the rejected call, which is audited
   */
  async check(request: ToolCallRequest): Promise<Tool | ToolResult> {
    const admitted = await this.#grant(this.#admit(request), request);
    const problem =
      admitted instanceof ToolError ? admitted : await jobProblem(admitted, request.arguments, request.clientInput);
    return problem === undefined ? (admitted as Tool) : this.reject(request, problem);
  }

  /** The result of a call that is rejected, audited like any other. */
  reject(request: ToolCallRequest, error: ToolError): ToolResult & { readonly error: ToolResultError } {
    const { traceId } = parseTraceParent(request.traceparent) ?? {};
    const correlationId = request.correlationId ?? traceId ?? randomUUID();
    const result = rejectedResult(error, correlationId);
    // As of a call that runs: its client is referred to the log.
    if (error.cause !== undefined) {
      new ToolLog(this.#dependencies.logger, request.name, correlationId, undefined).warn('tool failed', {
        error: describeError(error.cause),
      });
    }
    recordCall(this.#dependencies, request, result);
    return result;
  }

  /** Runs what {@link check} has admitted, at some time after. It counts against no limit of calls: jobs have their own. */
  async runJob(request: ToolCallRequest & { readonly correlationId: string }): Promise<ToolResult> {
    const tool = this.#dependencies.registry.get(request.name);
    if (!tool) return this.reject(request, goneTool());
    const result = await this.#run(tool, request, request.correlationId, undefined);
    recordCall(this.#dependencies, request, result);
    return result;
  }

  /** Rejects every later call; running calls go on. */
  stopAccepting(): void {
    this.#accepting = false;
  }

  /** Cancels every running call; the pipeline kills their process groups. */
  abortAll(reason: string): void {
    this.#running.abortAll(new DOMException(reason, 'AbortError'));
  }

  /** The same for calls whose client waits; jobs go on. */
  abortRequests(reason: string): void {
    this.#running.abortRequests(new DOMException(reason, 'AbortError'));
  }

  /** The tool that was found, unless its rate limit is used up. A promise only where the limiter needs one. */
  #grant(found: Tool | ToolError, { principal }: ToolCallRequest): Tool | ToolError | Promise<Tool | ToolError> {
    if (found instanceof ToolError) return found;
    const decision = this.#dependencies.rateLimiter.take({ caller: principal.name, tool: found.name });
    if (decision instanceof Promise) return decision.then((later) => granted(found, later));
    return granted(found, decision);
  }

  /** The tool to call, or why the call is rejected. */
  #admit(request: ToolCallRequest): Tool | ToolError {
    return this.#accepting ? this.#tools.admit(request.principal, request.name) : shuttingDown();
  }

  async #run(
    tool: Tool,
    request: ToolCallRequest,
    correlationId: string,
    parent: TraceParent | undefined,
    onApproved?: (by: string) => void,
  ): Promise<ToolResult> {
    const { approvals, events, tracer, logger, keepCall } = this.#dependencies;
    const caller = request.principal.name;
    const endSpan = tracer.start({ tool: tool.name, caller, correlationId, parent });
    const { abortController = new AbortController() } = request;
    const forwardAbort = (): void => abortController.abort(request.signal?.reason);
    if (request.signal?.aborted) forwardAbort();
    request.signal?.addEventListener('abort', forwardAbort, { once: true });
    const running = this.#running.enter(abortController, request.allowance !== undefined);
    events.publish('call.started', { tool: tool.name, caller, correlationId });
    try {
      const scope = { correlationId, traceparent: parent && formatTraceParent(parent), tracestate: parent?.state };
      const result = await callScope.run(scope, () =>
        this.#tools.run(tool, request.principal, () =>
          callTool(tool, {
            arguments: request.arguments,
            caller: request.session === undefined ? { name: caller } : { name: caller, session: request.session },
            signal: abortController.signal,
            correlationId,
            timeoutMs: request.timeoutMs,
            onProgress: request.onProgress,
            log: new ToolLog(logger, tool.name, correlationId, request.log),
            operatorLog: new ToolLog(logger, tool.name, correlationId, undefined),
            clientInput: request.clientInput,
            approvals: askFor(approvals, caller, onApproved),
            allowance: request.allowance,
            keepOverflow: keepCall?.(tool.name, caller),
          }),
        ),
      );
      endSpan(outcomeOf(result));
      return result;
    } finally {
      request.signal?.removeEventListener('abort', forwardAbort);
      this.#running.leave(running);
    }
  }
}
