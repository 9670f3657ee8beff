import { neutralise } from './neutralise.ts';
import type { ShapedOutput } from './shape-output.ts';
import type { ToolError } from './tool-error.ts';
import type { ToolResult, ToolResultError } from './tool-result.ts';

/** How a call ended: with output, or with an error and whatever there was until then. */
export interface Ending {
  readonly error: ToolError | undefined;
  readonly output: ShapedOutput;
}

export interface CallFigures {
  readonly correlationId: string;
  readonly durationMs: number;
  readonly queueMs: number;
}

/** The one form in which every call is answered. */
export function answer({ correlationId, durationMs, queueMs }: CallFigures, { error, output }: Ending): ToolResult {
  const { outputBytes, truncated } = output;
  const structured = output.ofProgram
    ? { ...output.structured, durationMs, queueMs, correlationId }
    : output.structured;
  const meta = { durationMs, queueMs, outputBytes, truncated, correlationId };
  if (error === undefined) return { ok: true, content: output.content, structured, meta };
  const { type, retryAfterMs } = error;
  const message = neutralise(error.message).text;
  const suggestion = neutralise(error.suggestion).text;
  const told: ToolResultError = {
    type,
    message,
    suggestion,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    correlationId,
  };
  return {
    ok: false,
    content: [{ type: 'text', text: `${type}: ${message} ${suggestion}` }, ...output.content],
    structured: { ...structured, error: told },
    error: told,
    meta,
  };
}
