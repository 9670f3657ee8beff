import {
  errorText,
  REJECTION_TYPES,
  type ErrorType,
  type ToolError,
  type ToolResult,
  type ToolResultError,
} from '@mcp/tool-base';

/** The outcome of a call as events, traces and the audit trail name it. */
export function outcomeOf(result: ToolResult): string {
  return result.awaitingInput ? 'input_required' : (result.error?.type ?? 'success');
}

const rejections: ReadonlySet<ErrorType> = new Set(REJECTION_TYPES);

/** The decision on a call as the audit trail names it. */
export function decisionOf({ error }: ToolResult): 'allowed' | 'refused' {
  return error && rejections.has(error.type) ? 'refused' : 'allowed';
}

/** The result of a call that was rejected before the pipeline. */
export function rejectedResult(
  error: ToolError,
  correlationId: string,
): ToolResult & { readonly error: ToolResultError } {
  const { type, message, suggestion, retryAfterMs } = error;
  const described = { type, message, suggestion, ...(retryAfterMs !== undefined && { retryAfterMs }), correlationId };
  return {
    ok: false,
    content: [{ type: 'text', text: errorText(described) }],
    structured: { error: described },
    error: described,
    meta: { durationMs: 0, queueMs: 0, outputBytes: 0, truncated: false, correlationId },
  };
}
