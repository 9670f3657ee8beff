/** Why a call is not admitted, in words for its caller. */
import { argumentProblem, ToolError, type Tool } from '@mcp/tool-base';

import type { RateLimitDecision } from '../rate-limit/rate-limiter.ts';
import type { CallLimit } from './call-limit.ts';

export function granted(tool: Tool, grant: RateLimitDecision): Tool | ToolError {
  if (grant.allowed) return tool;
  return new ToolError('resource_exhausted', `Too many calls to ${tool.name} from this caller.`, {
    suggestion: `Do not retry before ${Math.ceil(grant.retryAfterMs / 1000)} s have passed.`,
    retryAfterMs: grant.retryAfterMs,
  });
}

export async function callProblem(tool: Tool, given: unknown): Promise<ToolError | undefined> {
  if (!tool.enabled) return new ToolError('disabled', 'This tool is switched off.');
  return argumentProblem(tool, given);
}

export function fullMessage({ inFlight, max }: CallLimit): string {
  if (inFlight >= max) return `The server is full: it runs at most ${max} ${max === 1 ? 'call' : 'calls'} at a time.`;
  return `The server is full for this caller: the last of its ${max} places are shared between all callers.`;
}

/** When a place becomes free cannot be known; a retry that comes too early is cheap to reject. */
export const FULL_RETRY_MS = 1000;
