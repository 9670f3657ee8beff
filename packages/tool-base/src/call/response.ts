/** The one form in which every call is answered. */

import type { ErrorType } from '../result/error-type.ts';
import { sanitizeText } from '../result/sanitize-text.ts';
import type { ShapedOutput } from '../result/shape-output.ts';
import type { ToolError } from '../result/tool-error.ts';
import type { ToolResult, ToolResultError } from '../result/tool-result.ts';

/** How a call ended: with output, or with an error and the output until then. */
export interface RunOutcome {
  readonly error: ToolError | undefined;
  readonly output: ShapedOutput;
}

/** Times in milliseconds. */
export interface CallTimes {
  readonly correlationId: string;
  readonly durationMs: number;
  readonly queueMs: number;
}

export function respond({ correlationId, durationMs, queueMs }: CallTimes, { error, output }: RunOutcome): ToolResult {
  const { outputBytes, truncated } = output;
  const structured = output.ofProgram
    ? { ...output.structured, durationMs, queueMs, correlationId }
    : output.structured;
  const meta = { durationMs, queueMs, outputBytes, truncated, correlationId };
  if (error === undefined) return { ok: true, content: output.content, structured, meta };
  const { type, retryAfterMs } = error;
  const message = sanitizeText(error.message).text;
  const suggestion = sanitizeText(error.suggestion).text;
  const clientError: ToolResultError = {
    type,
    message,
    suggestion,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    correlationId,
  };
  return {
    ok: false,
    content: [{ type: 'text', text: errorText(clientError) }, ...output.content],
    structured: { ...structured, error: clientError },
    error: clientError,
    meta,
  };
}

/** Errors whose cause is only in the log of the operator, who finds it by the id. */
const NEEDS_OPERATOR: ReadonlySet<ErrorType> = new Set<ErrorType>(['execution_error', 'internal_error']);

function errorText({ type, message, suggestion, correlationId }: ToolResultError): string {
  const sentence = /[.!?\u2026]$/.test(message) ? message : `${message}.`;
  const id = NEEDS_OPERATOR.has(type) ? ` Correlation id: ${correlationId}.` : '';
  return `${type}: ${sentence} ${suggestion}${id}`;
}
