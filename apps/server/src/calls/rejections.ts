/** Why a call is not admitted, in words for its caller. */
import { unattendedProblem, ToolError, type ClientInput, type Tool } from '@mcp/tool-base';

import { scopeToCall, type Principal } from '../access/principal.ts';
import type { RateLimitDecision } from '../rate-limit/rate-limiter.ts';
import type { CallLimit } from './call-limit.ts';

export function granted(tool: Tool, grant: RateLimitDecision): Tool | ToolError {
  if (grant.allowed) return tool;
  return tooMany(`calls to ${tool.name}`, grant.retryAfterMs);
}

export function tooMany(what: string, retryAfterMs: number): ToolError {
  return new ToolError('resource_exhausted', `Too many ${what} from this caller.`, {
    suggestion: `Do not retry before ${Math.ceil(retryAfterMs / 1000)} s have passed.`,
    retryAfterMs,
  });
}

/** What a call would be refused for once it runs, as far as that can be said now. */
export async function jobProblem(
  tool: Tool,
  given: unknown,
  clientInput: ClientInput | undefined,
): Promise<ToolError | undefined> {
  if (!tool.enabled) return new ToolError('disabled', 'This tool is switched off.');
  return unattendedProblem(tool, given, clientInput);
}

/** A tool that runs only as a job is not called within a request. */
export function withinRequest(found: Tool | ToolError): Tool | ToolError {
  if (found instanceof ToolError || found.job?.mode !== 'required') return found;
  return new ToolError('forbidden', `${found.name} runs only as a job, and this call would end with its request.`, {
    suggestion: `Start it over MCP or with POST /tools/${found.name}/execute, or have the operator set job: auto for this tool.`,
  });
}

export function shuttingDown(): ToolError {
  return new ToolError('resource_exhausted', 'The server is shutting down.', {
    suggestion: 'Send the call again once the server is back.',
    retryAfterMs: 5000,
  });
}

/** The name is untrusted text and is not repeated. */
export function unknownTool(): ToolError {
  return new ToolError('not_found', 'There is no tool of that name.');
}

export function goneTool(): ToolError {
  return new ToolError('not_found', 'The tool of this job is gone.');
}

export function notAllowed({ name }: Tool, principal: Principal): ToolError {
  const scope = scopeToCall(principal, name);
  return new ToolError('forbidden', `The credential in use may not call ${name}.`, {
    suggestion: `Ask the operator for the scope ${scope}, or list the tools to see which may be called.`,
  });
}

export function overloaded(limit: CallLimit): ToolError {
  return new ToolError('resource_exhausted', fullMessage(limit), {
    suggestion: 'Call again in about 1 s, with fewer calls at the same time.',
    retryAfterMs: FULL_RETRY_MS,
  });
}

function fullMessage({ inFlight, max }: CallLimit): string {
  if (inFlight >= max) return `The server is full: it runs at most ${max} ${max === 1 ? 'call' : 'calls'} at a time.`;
  return `The server is full for this caller: the last of its ${max} places are shared between all callers.`;
}

/** When a place becomes free cannot be known; a retry that comes too early is cheap to reject. */
const FULL_RETRY_MS = 1000;
