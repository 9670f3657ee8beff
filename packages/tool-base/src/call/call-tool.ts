/**
 * One tool call, top to bottom. It never rejects: whatever happens becomes a `ToolResult`.
 *
 *   1 find the tool -> 2 check the input -> 3 check the targets -> ask a person, where the tool requires it
 *     -> 4 admit (breaker, queue) -> 5 run under a deadline
 *     -> 6 classify the outcome -> 7 shape the output -> 8 record it once -> answer
 *
 * Steps that need not wait do not: a promise is awaited only where there is one.
 */

import type { StandardSchemaV1 } from '@standard-schema/spec';
import { NO_OUTPUT, shapeOutput, shapePartial, withValidated } from '../result/shape-output.ts';
import type { ReadHint } from '../result/kept-output.ts';
import { isToolError, ToolError } from '../result/tool-error.ts';
import { ToolContent, type ToolResult } from '../result/tool-result.ts';
import type { Tool } from '../tool/tool.ts';
import { isPromise, logError, type Call, type RunResult } from './call.ts';
import { correlationIdOf, validateRequest, type CallRequest } from './call-context.ts';
import { CallSlot } from './call-slot.ts';
import { breakerKeyOf, checkTargets, type Targets } from './call-targets.ts';
import { checkInput } from './check-input.ts';
import { approve } from './approve.ts';
import { classify } from './classify.ts';
import { confirm } from './confirm.ts';
import { keepText } from './keep-text.ts';
import { record } from './record.ts';
import { respond, type RunOutcome } from './response.ts';
import { runSchema } from './run-schema.ts';
import { runTool } from './run-tool.ts';
import { internalError } from './unexpected-error.ts';

/** Runs one call of a tool; `undefined` answers `not_found`. Never rejects. */
export async function callTool(tool: Tool | undefined, request: CallRequest): Promise<ToolResult> {
  const call: Call = {
    tool,
    request,
    correlationId: correlationIdOf(request),
    slot: undefined,
    record: undefined,
    confirmation: undefined,
    queueMs: 0,
    startedAt: undefined,
    durationMs: 0,
  };
  let outcome: RunOutcome;
  try {
    const found = findTool(call); // 1
    const checking = checkInput(found, request.arguments, request.signal); // 2
    const input = isPromise(checking) ? await checking : checking;
    const targets = checkTargets(found, input); // 3
    approve(found, call);
    const confirming = confirm(found, call);
    if (isPromise(confirming)) await confirming;
    const admitting = admit(found, call, targets); // 4
    if (isPromise(admitting)) await admitting;
    const running = runTool(found, call, input, targets); // 5
    const run = isPromise(running) ? await running : running;
    const error = classify(run, call); // 6
    const keeping = keepText(found, call, resultOf(run, error));
    const hint = isPromise(keeping) ? await keeping : keeping;
    const shaping = shape(found, run, { error, hint, signal: request.signal }); // 7
    outcome = isPromise(shaping) ? await shaping : shaping;
  } catch (error) {
    outcome = { error: asToolError(error, call), output: NO_OUTPUT };
  }
  record(call, outcome); // 8
  const response = respond(call, outcome);
  return request.clientInput?.awaiting === true ? { ...response, awaitingInput: true } : response;
}

/** An error thrown by a step. */
function asToolError(error: unknown, call: Call): ToolError {
  if (!isToolError(error)) return internalError(error);
  if (error.cause !== undefined) logError(call, 'warn', 'tool failed', error.cause);
  return error;
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

interface Settled {
  readonly error: ToolError | undefined;
  readonly hint: ReadHint | undefined;
  readonly signal: AbortSignal | undefined;
}

/** 7. Content and structured content, whole or partial. A result that does not match the output schema is an error. */
function shape(tool: Tool, run: RunResult, { error, hint, signal }: Settled): RunOutcome | Promise<RunOutcome> {
  if (error !== undefined) return { error, output: shapePartial(partialOf(run, error), tool.limits, hint) };
  const output = shapeOutput(run.value, tool.limits, hint);
  const schema = tool.definition.kind === 'function' ? tool.definition.output : undefined;
  if (schema === undefined) return { error, output };
  const validated = runSchema(schema, output.structured, tool, signal);
  const outcomeOf = (result: StandardSchemaV1.Result<unknown>): RunOutcome =>
    result.issues === undefined
      ? { error: undefined, output: withValidated(output, run.value, result.value, tool.limits) }
      : {
          error: new ToolError('execution_error', "The result does not match the tool's output schema."),
          output: NO_OUTPUT,
        };
  return isPromise(validated) ? validated.then(outcomeOf) : outcomeOf(validated);
}

/** What the content of the response is made from. */
function resultOf(run: RunResult, error: ToolError | undefined): unknown {
  return error === undefined ? run.value : partialOf(run, error);
}

function partialOf({ value, thrown }: RunResult, error: ToolError): ToolContent | undefined {
  if (error.output !== undefined) return error.output;
  if (value instanceof ToolContent) return value;
  return isToolError(thrown) ? thrown.output : undefined;
}
