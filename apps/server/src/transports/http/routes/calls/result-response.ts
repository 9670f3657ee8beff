import { httpStatusOf, type ToolResult } from '@mcp/tool-base';

import { problem, problemResponse } from '../../../../foundation/problem-details.ts';
import { JSON_HEADERS } from '../../routing/request-context.ts';

/**
 * The HTTP response to a call: 200 with the result, expected failures of the tool included, or else a problem whose
 * status follows from the error type (429 for `resource_exhausted`, 504 for `timeout`; the table is in tool-base).
 */
export function resultResponse(result: ToolResult): Response {
  const headers = { 'x-correlation-id': result.meta.correlationId };
  const status = result.error ? httpStatusOf(result.error.type) : 200;
  if (!result.error || status === 200) {
    const { ok, content, structured, meta } = result;
    return Response.json(
      { ok, content, structuredContent: structured, ...meta },
      { headers: { ...JSON_HEADERS, ...headers } },
    );
  }
  const { type, message, suggestion, retryAfterMs, correlationId } = result.error;
  const body = problem(status, type, message, {
    suggestion,
    correlationId,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
  // The output of a program that was stopped is worth reading, whatever the status.
  const partial = { structuredContent: result.structured, durationMs: result.meta.durationMs };
  return problemResponse({ ...body, ...partial }, headers);
}
