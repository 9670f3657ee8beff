/** The one form in which every call is answered. */

import { errorText } from '../result/error-text.ts';
import { QuotingError } from '../result/quoting-error.ts';
import { sanitizeText } from '../result/sanitize-text.ts';
import type { ShapedOutput } from '../result/shape-output.ts';
import type { ToolError } from '../result/tool-error.ts';
import type { Confirmation, ToolResult, ToolResultError } from '../result/tool-result.ts';

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
  readonly confirmation: Confirmation | undefined;
}

export function respond(call: CallTimes, { error, output }: RunOutcome): ToolResult {
  const { correlationId, confirmation } = call;
  const { outputBytes, truncated } = output;
  // Fractions of a millisecond are noise that a model pays for.
  const durationMs = Math.round(call.durationMs);
  const queueMs = Math.round(call.queueMs);
  const structured = output.ofProgram
    ? { ...output.structured, durationMs, queueMs, correlationId }
    : output.structured;
  const plain = { durationMs, queueMs, outputBytes, truncated, correlationId };
  const meta = confirmation ? { ...plain, confirmation } : plain;
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
  const read = error instanceof QuotingError ? { ...clientError, message: error.said } : clientError;
  return {
    ok: false,
    content: [{ type: 'text', text: errorText(read) }, ...output.content],
    structured: { ...structured, error: read },
    error: clientError,
    meta,
  };
}
