import { toolContent, ToolError, type ToolContent } from '@mcp/tool-base';
import { systemClock } from '../clock.ts';
import type { ApiResponse } from '../egress/api-client.ts';
import { decodeText, isJson, isText, responseType } from './media-type.ts';
import { redacted } from './redacted.ts';

const MAX_ERROR_BYTES = 4096;
const DEFAULT_RETRY_MS = 1000;
/** A longer wait than this is none that a model should plan with. */
const MAX_RETRY_MS = 3_600_000;

/**
 * What a status of 300 and above means. The credential is the server's, so 401 is not an error of the caller's; other statuses of 400 to
 * 499 are an answer about the request.
 */
export function errorOf(response: ApiResponse): ToolError {
  const { status } = response;
  const message = `The API answered with HTTP ${status}.`;
  if (status < 400) {
    return new ToolError('unavailable', `${message} Redirects are not followed.`, {
      suggestion:
        'Ask the operator to give the final address of the API. Where the call changes something, find out first whether it took effect.',
    });
  }
  const output = outputOf(response);
  const common = output === undefined ? {} : { output };
  switch (status) {
    case 401:
      return new ToolError('unavailable', 'The API does not accept the credential of this server.', {
        suggestion: 'Ask the operator to check the credential of this API.',
      });
    case 408:
      return new ToolError('unavailable', message, { ...common, suggestion: 'Try again later.' });
    case 429:
      return new ToolError('resource_exhausted', `${message} It accepts no more requests for now.`, {
        ...common,
        suggestion: 'Wait, then call again.',
        retryAfterMs: retryAfterMs(response) ?? DEFAULT_RETRY_MS,
      });
    case 502:
    case 503:
    case 504: {
      const retry = retryAfterMs(response);
      return new ToolError('unavailable', message, {
        ...common,
        suggestion: 'Try again later, or ask the operator to look at the API.',
        ...(retry === undefined ? {} : { retryAfterMs: retry }),
      });
    }
    default:
      return status < 500
        ? new ToolError('tool_error', message, {
            ...common,
            suggestion: 'Read the answer of the API and correct the arguments.',
          })
        : new ToolError('execution_error', message, common);
  }
}

/** The first 4 KiB, where the answer is text. */
function outputOf(response: ApiResponse): ToolContent | undefined {
  const { name } = responseType(response);
  if (
    response.body.length === 0 ||
    response.headers['content-encoding'] !== undefined ||
    !(isText(name) || isJson(name))
  )
    return undefined;
  const whole = redacted(decodeText(response), response.secrets);
  const bytes = Buffer.from(whole);
  if (bytes.length <= MAX_ERROR_BYTES) return toolContent({ content: [{ type: 'text', text: whole }] });
  // The decoder of a stream leaves out a character that is cut in half.
  const text = new TextDecoder().decode(bytes.subarray(0, MAX_ERROR_BYTES), { stream: true });
  return toolContent({ content: [{ type: 'text', text: `${text}\n[cut after ${MAX_ERROR_BYTES} bytes]` }] });
}

/** Seconds or an HTTP date. */
function retryAfterMs({ headers }: ApiResponse): number | undefined {
  const value = headers['retry-after'];
  if (typeof value !== 'string') return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - systemClock.epochMs();
  return Number.isFinite(ms) && ms > 0 ? Math.min(Math.round(ms), MAX_RETRY_MS) : undefined;
}
