/** What an operator's log may hold of an error: never its own properties, which may carry credentials or whole requests. */

import { inspect } from 'node:util';

export interface ErrorDescription {
  /** The error's class, or the type of a thrown value that is not an error. */
  readonly type: string;
  readonly message: string;
  /** A code such as `ECONNREFUSED` or 404. */
  readonly code?: string | number;
  readonly stack?: string;
  /** The error that caused this one, up to three deep. */
  readonly cause?: ErrorDescription;
  /** The first errors of an AggregateError, whose own message is often empty. */
  readonly errors?: readonly ErrorDescription[];
}

const MAX_MESSAGE_LENGTH = 4096;
const MAX_STACK_LENGTH = 16_384;
const MAX_CAUSES = 3;
const MAX_ERRORS = 4;

/** Describes any thrown value. Never throws, whatever getters the value has. */
export function describeError(error: unknown): ErrorDescription {
  return describe(error, MAX_CAUSES);
}

function describe(error: unknown, causesLeft: number): ErrorDescription {
  try {
    if (!isErrorLike(error)) return { type: typeof error, message: textOf(error) };
    const { name, message, stack, cause, code } = error;
    return {
      type: typeof name === 'string' ? name : error instanceof Error ? 'Error' : 'object',
      message: textOf(message),
      ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
      ...(typeof stack === 'string' ? { stack: stack.slice(0, MAX_STACK_LENGTH) } : {}),
      ...(cause === undefined || causesLeft === 0 ? {} : { cause: describe(cause, causesLeft - 1) }),
      ...(error instanceof AggregateError && causesLeft > 0 ? { errors: parts(error, causesLeft - 1) } : {}),
    };
  } catch {
    return { type: 'unknown', message: 'The error could not be read.' };
  }
}

function parts({ errors }: AggregateError, causesLeft: number): readonly ErrorDescription[] {
  return errors.slice(0, MAX_ERRORS).map((each: unknown) => describe(each, causesLeft));
}

interface ErrorLike {
  readonly name?: unknown;
  readonly message: unknown;
  readonly stack?: unknown;
  readonly cause?: unknown;
  readonly code?: unknown;
}

/** Errors of another realm are no instances, and some libraries throw plain objects. */
function isErrorLike(error: unknown): error is ErrorLike {
  if (error instanceof Error) return true;
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
}

/** An object that is not an error may be a whole response, so only its kind is named. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, MAX_MESSAGE_LENGTH);
  if (typeof value === 'object' || typeof value === 'function') return Object.prototype.toString.call(value);
  return inspect(value);
}
