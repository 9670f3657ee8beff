/**
 * One tool call, top to bottom. It never rejects: whatever happens becomes a `ToolResult`.
 *
 *   1 find the tool -> 2 check the input -> 3 check the targets -> 4 admit (breaker, queue) -> 5 run under a deadline
 *     -> 6 classify the outcome -> 7 shape the output -> 8 record it once -> answer
 *
 * Steps that need not wait do not: a promise is awaited only where there is one.
 */

import type { StandardSchemaV1 } from '@standard-schema/spec';
import { respond, type RunOutcome } from './response.ts';
import { CallContext, correlationIdOf, validateRequest, type CallRequest } from './call-context.ts';
import { breakerKeyOf, checkTargets, resolveTargets, type Targets } from './call-targets.ts';
import { CallSlot } from './call-slot.ts';
import { readValidation, requireArgumentObject } from './check-arguments.ts';
import { Deadline, UNSETTLED, type StopReason } from './deadline.ts';
import type { RecordedOutcome, RecordedCall } from '../declare/ports.ts';
import { NO_OUTPUT, shapeOutput, shapePartial, withValidated } from '../result/shape-output.ts';
import { needsResolving } from '../target/target-policy.ts';
import { ToolError } from '../result/tool-error.ts';
import { internalError, toolThrew } from './unexpected-error.ts';
import { ToolContent, type ToolResult } from '../result/tool-result.ts';
import type { Tool } from '../tool/tool.ts';

/** How long a function tool that ignores its signal keeps its slot after its caller has the response. */
const ABANDONED_SLOT_MS = 5000;

/** What is known of a call while it passes through the steps. */
interface Call {
  readonly tool: Tool | undefined;
  readonly request: CallRequest;
  readonly correlationId: string;
  slot: CallSlot | undefined;
  record: RecordedCall | undefined;
  queueMs: number;
  startedAt: number;
  durationMs: number;
}

/** How a run settled: it returned, it threw, or it was stopped, when a value is only a partial one. */
interface RunResult {
  readonly value?: unknown;
  /** Present whenever the run threw, even if it threw `undefined`. */
  readonly thrown?: unknown;
  readonly stopReason?: StopReason | undefined;
}

/** Runs one call of a tool; `undefined` answers `not_found`. Never rejects. */
export async function callTool(tool: Tool | undefined, request: CallRequest): Promise<ToolResult> {
  const call: Call = {
    tool,
    request,
    correlationId: correlationIdOf(request),
    slot: undefined,
    record: undefined,
    queueMs: 0,
    startedAt: 0,
    durationMs: 0,
  };
  let outcome: RunOutcome;
  try {
    const found = findTool(call); // 1
    const checking = checkInput(found, call); // 2
    const input = isPromise(checking) ? await checking : checking;
    const targets = checkTargets(found, input); // 3
    const admitting = admit(found, call, targets); // 4
    if (isPromise(admitting)) await admitting;
    const running = runUnderDeadline(found, call, input, targets); // 5
    const run = isPromise(running) ? await running : running;
    const error = classify(run, call); // 6
    const shaping = shape(found, run, error); // 7
    outcome = isPromise(shaping) ? await shaping : shaping;
  } catch (error) {
    outcome = { error: error instanceof ToolError ? error : internalError(error), output: NO_OUTPUT };
  }
  record(call, outcome); // 8
  const response = respond(call, outcome);
  return request.clientInput?.awaiting === true ? { ...response, awaitingInput: true } : response;
}

/** 1. There is such a tool, it is switched on, and the request around the arguments is in order. */
function findTool(call: Call): Tool {
  const { tool, request } = call;
  if (tool === undefined) throw new ToolError('not_found', 'There is no tool of that name.');
  if (!tool.enabled) throw new ToolError('disabled', 'This tool is switched off.');
  validateRequest(request, call.correlationId, tool.limits.timeoutMs);
  if (request.signal?.aborted === true) throw new ToolError('cancelled', 'The call was cancelled before it began.');
  return tool;
}

/** 2. The arguments are what the tool's schema says; from here on they have its types. */
function checkInput(tool: Tool, call: Call): unknown {
  const given = requireArgumentObject(call.request.arguments, tool.argumentNames);
  const validated = tool.definition.input['~standard'].validate(given);
  return isPromise(validated) ? validated.then(readValidation) : readValidation(validated);
}

/** 4. The breaker admits the call and there is a slot for it, now or after a wait in the queue. */
function admit(tool: Tool, call: Call, targets: Targets): void | Promise<void> {
  const { caller, signal } = call.request;
  const acquiring = CallSlot.acquire(tool, breakerKeyOf(targets), { caller: caller.name, signal });
  if (!isPromise(acquiring)) {
    call.slot = acquiring;
    return;
  }
  const queuedAt = tool.clock.monotonicMs();
  const waited = (): void => {
    call.queueMs = tool.clock.monotonicMs() - queuedAt;
  };
  return acquiring.then(
    (slot) => {
      call.slot = slot;
      waited();
    },
    (error: unknown) => {
      waited();
      throw error;
    },
  );
}

/** 5. The tool runs until its deadline or the caller's abort signal. */
function runUnderDeadline(tool: Tool, call: Call, input: unknown, targets: Targets): RunResult | Promise<RunResult> {
  const { request } = call;
  const timeoutMs = request.timeoutMs ?? tool.limits.timeoutMs;
  const deadline = new Deadline(tool.clock, timeoutMs, request.signal);
  const context = new CallContext(tool, request, call.correlationId, deadline, timeoutMs);
  call.record = tool.recorder?.start(tool.name);
  call.startedAt = tool.clock.monotonicMs();
  try {
    const returned = targets.size === 0 ? tool.definition.run(input as never, context) : withTargets();
    if (isPromise(returned)) return finish(returned);
    return settled({ value: returned });
  } catch (thrown) {
    return settled({ thrown });
  }

  function withTargets(): unknown {
    context.targets = targets;
    const names = [...targets.values()].some(needsResolving);
    if (!names) return tool.definition.run(input as never, context);
    return resolveTargets(tool, targets, context.signal).then((resolved) => {
      context.targets = resolved;
      return tool.definition.run(input as never, context);
    });
  }

  async function finish(running: PromiseLike<unknown>): Promise<RunResult> {
    try {
      const value = await deadline.race(running, tool.definition.settleMs);
      if (value !== UNSETTLED) return settled({ value, stopReason: deadline.stopReason });
      releaseWhenSettled(tool, call.slot, running);
      return settled({ stopReason: deadline.stopReason });
    } catch (thrown) {
      return settled({ thrown, stopReason: deadline.stopReason });
    }
  }

  function settled(run: RunResult): RunResult {
    call.durationMs = tool.clock.monotonicMs() - call.startedAt;
    context.close();
    return run;
  }
}

/** A tool that ignores its signal keeps its slot while it runs, but not for ever. */
function releaseWhenSettled(tool: Tool, slot: CallSlot | undefined, running: PromiseLike<unknown>): void {
  slot?.retain();
  const release = (): void => {
    timer[Symbol.dispose]();
    slot?.release();
  };
  const timer = tool.clock.setTimer(ABANDONED_SLOT_MS, release);
  running.then(release, release);
}

/** 6. The error that the run amounts to; undefined is success. */
function classify(run: RunResult, call: Call): ToolError | undefined {
  if (call.request.clientInput?.awaiting === true) {
    return new ToolError(
      'cancelled',
      'The run stopped to request input from the client; it is repeated with the response.',
    );
  }
  if (run.stopReason === 'timeout') return new ToolError('timeout', 'The tool timed out and was stopped.');
  if (run.stopReason === 'cancelled')
    return new ToolError('cancelled', 'The call was cancelled and the tool was stopped.');
  if (!('thrown' in run)) return undefined;
  if (run.thrown instanceof ToolError) return run.thrown;
  call.request.log?.warn('tool threw', { tool: call.tool?.name, correlationId: call.correlationId, error: run.thrown });
  return toolThrew(run.thrown);
}

/** 7. Content and structured content, whole or partial. A result that does not match the output schema is an error. */
function shape(tool: Tool, run: RunResult, error: ToolError | undefined): RunOutcome | Promise<RunOutcome> {
  const { maxOutputBytes } = tool.limits;
  if (error !== undefined) return { error, output: shapePartial(error.output ?? partialOf(run), maxOutputBytes) };
  const output = shapeOutput(run.value, maxOutputBytes);
  const schema = tool.definition.kind === 'function' ? tool.definition.output : undefined;
  if (schema === undefined) return { error, output };
  const validated = schema['~standard'].validate(output.structured);
  const outcomeOf = (result: StandardSchemaV1.Result<unknown>): RunOutcome =>
    result.issues === undefined
      ? { error: undefined, output: withValidated(output, run.value, result.value, maxOutputBytes) }
      : {
          error: new ToolError('execution_error', "The result does not match the tool's output schema."),
          output: NO_OUTPUT,
        };
  return isPromise(validated) ? validated.then(outcomeOf) : outcomeOf(validated);
}

function partialOf({ value, thrown }: RunResult): ToolContent | undefined {
  if (value instanceof ToolContent) return value;
  return thrown instanceof ToolError ? thrown.output : undefined;
}

/** 8. The breaker, the queue, the counter and the recorder get the outcome, each once. */
function record(call: Call, { error, output }: RunOutcome): void {
  const { tool, slot, request } = call;
  try {
    slot?.settle(error);
    slot?.releaseUnlessRetained();
    tool?.callCounter.count(error?.type);
    const recorded = call.record ?? tool?.recorder?.start(tool.name);
    recorded?.end({
      status: statusOf(error, slot !== undefined),
      ...(error === undefined ? {} : { errorType: error.type }),
      durationMs: call.durationMs,
      queueMs: call.queueMs,
      outputBytes: output.outputBytes,
      traceId: call.correlationId,
    });
    if (error?.type === 'internal_error') {
      request.log?.error('internal error', { tool: tool?.name, correlationId: call.correlationId, error: error.cause });
    }
  } catch (failure) {
    request.log?.error('call was not recorded', {
      tool: tool?.name,
      correlationId: call.correlationId,
      error: failure,
    });
  }
}

function statusOf(error: ToolError | undefined, ran: boolean): RecordedOutcome['status'] {
  if (error === undefined) return 'success';
  if (error.type === 'timeout' || error.type === 'cancelled') return error.type;
  return ran && error.type !== 'validation_error' ? 'failure' : 'rejected';
}

function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
