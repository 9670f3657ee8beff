/**
 * One tool call, top to bottom. It never rejects: whatever happens becomes a `ToolResult`.
 *
 *   1 find the tool -> 2 check the input -> 3 check the targets -> 4 admit (breaker, queue) -> 5 run under a deadline
 *     -> 6 classify the outcome -> 7 shape the output -> 8 record it once -> answer
 *
 * Steps that need not wait do not: a promise is awaited only where there is one.
 */

import type { StandardSchemaV1 } from '@standard-schema/spec';
import { Admission } from './admission.ts';
import { answer, type Ending } from './call-answer.ts';
import { CallContext, correlationIdOf, requireCleanRequest, type CallRequest } from './call-context.ts';
import { breakerKeyOf, checkTargets, resolveTargets, type Targets } from './call-targets.ts';
import { Deadline, UNSETTLED, type EndedBy } from './deadline.ts';
import { readValidation, requireArgumentObject } from './input-schema.ts';
import type { CallOutcome, RecordedCall } from './ports.ts';
import { NO_OUTPUT, shapeOutput, shapePartial, withValidated } from './shape-output.ts';
import { needsResolving } from './target/target-policy.ts';
import { ToolError } from './tool-error.ts';
import { internalError, toolThrew } from './unexpected-error.ts';
import { ToolContent, type ToolResult } from './tool-result.ts';
import type { Tool } from './tool.ts';

/** How long a function tool that ignores its signal keeps its slot after its caller has been answered. */
const ABANDONED_SLOT_MS = 5000;

/** What is known of a call while it passes through the steps. */
interface Call {
  readonly tool: Tool | undefined;
  readonly request: CallRequest;
  readonly correlationId: string;
  admission: Admission | undefined;
  record: RecordedCall | undefined;
  queueMs: number;
  startedAt: number;
  durationMs: number;
}

/** How a run ended: it returned, it threw, or its time was over, when a value is only a partial one. */
interface RunEnd {
  readonly value?: unknown;
  /** There is such a member whenever the run threw, be it `undefined`. */
  readonly thrown?: unknown;
  readonly endedBy?: EndedBy | undefined;
}

/** Runs one call of a tool; `undefined` answers `not_found`. Never rejects. */
export async function callTool(tool: Tool | undefined, request: CallRequest): Promise<ToolResult> {
  const call: Call = {
    tool,
    request,
    correlationId: correlationIdOf(request),
    admission: undefined,
    record: undefined,
    queueMs: 0,
    startedAt: 0,
    durationMs: 0,
  };
  let ending: Ending;
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
    ending = isPromise(shaping) ? await shaping : shaping;
  } catch (error) {
    ending = { error: error instanceof ToolError ? error : internalError(error), output: NO_OUTPUT };
  }
  record(call, ending); // 8
  const answered = answer(call, ending);
  return request.clientInput?.awaiting === true ? { ...answered, awaitingInput: true } : answered;
}

/** 1. There is such a tool, it is switched on, and the request around the arguments is in order. */
function findTool(call: Call): Tool {
  const { tool, request } = call;
  if (tool === undefined) throw new ToolError('not_found', 'There is no tool of that name.');
  if (!tool.enabled) throw new ToolError('disabled', 'This tool is switched off.');
  requireCleanRequest(request, call.correlationId, tool.limits.timeoutMs);
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
  const entering = Admission.enter(tool, breakerKeyOf(targets), { caller: caller.name, signal });
  if (!isPromise(entering)) {
    call.admission = entering;
    return;
  }
  const queuedAt = tool.clock.monotonicMs();
  const waited = (): void => {
    call.queueMs = tool.clock.monotonicMs() - queuedAt;
  };
  return entering.then(
    (admission) => {
      call.admission = admission;
      waited();
    },
    (error: unknown) => {
      waited();
      throw error;
    },
  );
}

/** 5. The tool runs, no longer than its deadline and its caller's patience. */
function runUnderDeadline(tool: Tool, call: Call, input: unknown, targets: Targets): RunEnd | Promise<RunEnd> {
  const { request } = call;
  const timeoutMs = request.timeoutMs ?? tool.limits.timeoutMs;
  const deadline = new Deadline(tool.clock, timeoutMs, request.signal);
  const context = new CallContext(tool, request, call.correlationId, deadline, timeoutMs);
  call.record = tool.recorder?.start(tool.name);
  call.startedAt = tool.clock.monotonicMs();
  try {
    const returned = targets.size === 0 ? tool.definition.run(input as never, context) : withTargets();
    if (isPromise(returned)) return finish(returned);
    return ended({ value: returned });
  } catch (thrown) {
    return ended({ thrown });
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

  async function finish(running: PromiseLike<unknown>): Promise<RunEnd> {
    try {
      const value = await deadline.race(running, tool.definition.settleMs);
      if (value !== UNSETTLED) return ended({ value, endedBy: deadline.endedBy });
      leaveLater(tool, call.admission, running);
      return ended({ endedBy: deadline.endedBy });
    } catch (thrown) {
      return ended({ thrown, endedBy: deadline.endedBy });
    }
  }

  function ended(run: RunEnd): RunEnd {
    call.durationMs = tool.clock.monotonicMs() - call.startedAt;
    context.close();
    return run;
  }
}

/** A tool that goes on after its time still fills its slot, but a tool that never ends must not keep it for good. */
function leaveLater(tool: Tool, admission: Admission | undefined, running: PromiseLike<unknown>): void {
  admission?.keepSlot();
  const leave = (): void => {
    cancel();
    admission?.leave();
  };
  const cancel = tool.clock.schedule(leave, ABANDONED_SLOT_MS);
  running.then(leave, leave);
}

/** 6. What the end of the run means; undefined is success. */
function classify(run: RunEnd, call: Call): ToolError | undefined {
  if (call.request.clientInput?.awaiting === true) {
    return new ToolError('cancelled', 'The run ended to ask the client, and is repeated with the answers.');
  }
  if (run.endedBy === 'timeout') return new ToolError('timeout', 'The run passed its time limit and was ended.');
  if (run.endedBy === 'cancelled') return new ToolError('cancelled', 'The call was cancelled and its run ended.');
  if (!('thrown' in run)) return undefined;
  if (run.thrown instanceof ToolError) return run.thrown;
  call.request.log?.warn('tool threw', { tool: call.tool?.name, correlationId: call.correlationId, error: run.thrown });
  return toolThrew(run.thrown);
}

/** 7. Content and structured content, whole or partial. Output that breaks its own schema turns success into an error. */
function shape(tool: Tool, run: RunEnd, error: ToolError | undefined): Ending | Promise<Ending> {
  const { maxOutputBytes } = tool.limits;
  if (error !== undefined) return { error, output: shapePartial(error.output ?? partialOf(run), maxOutputBytes) };
  const output = shapeOutput(run.value, maxOutputBytes);
  const schema = tool.definition.kind === 'function' ? tool.definition.output : undefined;
  if (schema === undefined) return { error, output };
  const validated = schema['~standard'].validate(output.structured);
  const judge = (result: StandardSchemaV1.Result<unknown>): Ending =>
    result.issues === undefined
      ? { error: undefined, output: withValidated(output, run.value, result.value, maxOutputBytes) }
      : { error: new ToolError('execution_error', 'The result breaks its own schema.'), output: NO_OUTPUT };
  return isPromise(validated) ? validated.then(judge) : judge(validated);
}

function partialOf({ value, thrown }: RunEnd): ToolContent | undefined {
  if (value instanceof ToolContent) return value;
  return thrown instanceof ToolError ? thrown.output : undefined;
}

/** 8. The breaker, the queue and the recorder hear of the end, each once. */
function record(call: Call, { error, output }: Ending): void {
  const { tool, admission, request } = call;
  try {
    admission?.settle(error);
    admission?.leaveUnlessKept();
    tool?.tally.count(error?.type);
    const recorded = call.record ?? tool?.recorder?.start(tool.name);
    recorded?.end({
      status: statusOf(error, admission !== undefined),
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

function statusOf(error: ToolError | undefined, ran: boolean): CallOutcome['status'] {
  if (error === undefined) return 'success';
  if (error.type === 'timeout' || error.type === 'cancelled') return error.type;
  return ran && error.type !== 'validation_error' ? 'failure' : 'rejected';
}

function isPromise<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
