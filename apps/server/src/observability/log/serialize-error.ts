/**
 * What the log keeps of an error: type, message, code and stack, and the same of its causes. Properties that a library
 * adds (requests, headers, tokens) are not logged.
 */
export interface SerializedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string | number;
  readonly stack?: string;
  readonly cause?: SerializedError;
}

/** Causes below the first error. */
const MAX_CAUSES = 4;
const MAX_STACK_CHARACTERS = 8192;

/** Never throws: a getter or a proxy that throws costs the member, not the line. */
export function serializeError(error: unknown): unknown {
  return error instanceof Error ? describe(error, 0) : error;
}

/** The fields of a log line with every error in them serialized, nested ones included. */
export function serializeErrors(fields: unknown): unknown {
  return mapErrors(fields, (error) => describe(error, 0));
}

/** The same fields with a placeholder for every error, for a reader who may not see more. */
export function withoutErrors(fields: unknown): unknown {
  return mapErrors(fields, () => '[error]');
}

/** Levels of nesting that are searched; a value below them is left out. */
const MAX_DEPTH = 8;

function mapErrors(value: unknown, replace: (error: Error) => unknown, depth = 0): unknown {
  if (value instanceof Error) return replace(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '[too deep]';
  if (Array.isArray(value)) return value.map((member) => mapErrors(member, replace, depth + 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, mapErrors(member, replace, depth + 1)]));
}

function describe(error: Error, causes: number): SerializedError {
  const code = member(error, 'code');
  const stack = member(error, 'stack');
  const cause = member(error, 'cause');
  return {
    type: text(member(error, 'name')) ?? 'Error',
    message: text(member(error, 'message')) ?? '',
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
    ...(typeof stack === 'string' && { stack: stack.slice(0, MAX_STACK_CHARACTERS) }),
    ...(cause instanceof Error && causes < MAX_CAUSES && { cause: describe(cause, causes + 1) }),
  };
}

function member(error: Error, name: 'name' | 'message' | 'code' | 'stack' | 'cause'): unknown {
  try {
    return (error as unknown as Record<string, unknown>)[name];
  } catch {
    return undefined;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
