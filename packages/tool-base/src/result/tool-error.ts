import { types } from 'node:util';

import type { ErrorType } from './error-type.ts';
import type { ToolContent } from './tool-result.ts';

interface ErrorRule {
  readonly httpStatus: number;
  /** `failure` counts towards opening the breaker; `ignored` decides nothing. */
  readonly breaker: 'failure' | 'ignored';
  readonly suggestion: string;
}

const RULES: Readonly<Record<ErrorType, ErrorRule>> = {
  validation_error: {
    httpStatus: 400,
    breaker: 'ignored',
    suggestion: 'Correct the named argument; the input schema of the tool says what is allowed.',
  },
  not_found: { httpStatus: 404, breaker: 'ignored', suggestion: 'List the tools and use one of their names.' },
  disabled: { httpStatus: 409, breaker: 'ignored', suggestion: 'List the tools for those that are switched on.' },
  unauthorized: { httpStatus: 401, breaker: 'ignored', suggestion: 'Send a valid credential.' },
  forbidden: { httpStatus: 403, breaker: 'ignored', suggestion: 'Ask the operator for a scope that covers this tool.' },
  resource_exhausted: { httpStatus: 429, breaker: 'ignored', suggestion: 'Wait, then call again.' },
  circuit_breaker_open: {
    httpStatus: 503,
    breaker: 'ignored',
    suggestion: 'The tool failed repeatedly; do not call it again before the retry time.',
  },
  unavailable: {
    httpStatus: 503,
    breaker: 'failure',
    suggestion: 'Ask the operator to install the program or to bring its service back.',
  },
  timeout: {
    httpStatus: 504,
    breaker: 'failure',
    suggestion: 'Narrow the job, or ask the operator to raise the time limit of the tool.',
  },
  tool_error: {
    httpStatus: 200,
    breaker: 'ignored',
    suggestion: 'Read the output of the tool; it says what went wrong.',
  },
  execution_error: {
    httpStatus: 502,
    breaker: 'failure',
    suggestion:
      'Read the error output if there is any; otherwise ask the operator, who finds the cause by the correlation id.',
  },
  cancelled: { httpStatus: 499, breaker: 'ignored', suggestion: 'Call again if the result is still wanted.' },
  internal_error: {
    httpStatus: 500,
    breaker: 'ignored',
    suggestion: 'This is a defect of the server; report it to the operator with the correlation id.',
  },
};

/** Every error type, in the order of the documentation. */
export const ERROR_TYPES: readonly ErrorType[] = Object.keys(RULES) as ErrorType[];

/** HTTP status for an error type, e.g. 504 for `timeout`. A `tool_error` is 200: the call worked, and its result is an expected failure. */
export function httpStatusOf(type: ErrorType): number {
  return RULES[type].httpStatus;
}

/** Whether an error of this type counts against a circuit breaker unless the tool says otherwise. */
export function countsAgainstBreaker(type: ErrorType): boolean {
  return RULES[type].breaker === 'failure';
}

export interface ToolErrorOptions {
  /** What the caller can do next. @default a sentence that fits the type */
  readonly suggestion?: string;
  /** Earliest useful retry, in milliseconds from now, greater than 0. */
  readonly retryAfterMs?: number;
  /** The original error; logged, never sent to a client. */
  readonly cause?: unknown;
  /** What the tool had produced when it failed; sent along with the error. */
  readonly output?: ToolContent;
  /** Not a failure of the tool, so no breaker counts it, whatever its type. @default false */
  readonly neutral?: boolean;
}

/**
 * The one error class of this package. A function tool throws it to answer with an error of its choosing:
 * `throw new ToolError('tool_error', 'The certificate has expired')`. The message reaches the client, so it names no path,
 * secret or stack. Anything else a tool throws becomes an `execution_error` with a neutral message.
 */
export class ToolError extends Error {
  readonly type: ErrorType;
  readonly suggestion: string;
  readonly retryAfterMs: number | undefined;
  readonly output: ToolContent | undefined;
  readonly neutral: boolean;

  constructor(type: ErrorType, message: string, options: ToolErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ToolError';
    this.type = type;
    this.suggestion = options.suggestion ?? RULES[type].suggestion;
    this.retryAfterMs = options.retryAfterMs;
    this.output = options.output;
    this.neutral = options.neutral ?? false;
  }
}

/** A tool that cannot be offered as it is written; `problems` lists every reason found, one sentence each. */
export class ToolDefinitionError extends Error {
  readonly tool: string;
  readonly problems: readonly string[];

  constructor(tool: string, problems: readonly string[]) {
    super(`Tool ${JSON.stringify(tool)} cannot be loaded: ${problems.join(' ')}`);
    this.name = 'ToolDefinitionError';
    this.tool = tool;
    this.problems = problems;
  }
}

const MEMBERS = ['type', 'message', 'suggestion', 'retryAfterMs', 'output', 'cause', 'neutral'] as const;

/**
 * Whether it is a {@link ToolError} with members as the constructor makes them. Others are like any other thrown value: of a
 * proxy, an accessor or a message that is no text nobody knows what it gives, or throws, when it is read.
 */
export function isToolError(thrown: unknown): thrown is ToolError {
  try {
    if (types.isProxy(thrown) || !(thrown instanceof ToolError)) return false;
    for (const member of MEMBERS) {
      const property = Object.getOwnPropertyDescriptor(thrown, member);
      if (property !== undefined && !('value' in property)) return false;
    }
    const { type, message, suggestion, retryAfterMs } = thrown as Readonly<Record<keyof ToolError, unknown>>;
    if (typeof message !== 'string' || typeof suggestion !== 'string') return false;
    return Object.hasOwn(RULES, String(type)) && (retryAfterMs === undefined || typeof retryAfterMs === 'number');
  } catch {
    return false;
  }
}
