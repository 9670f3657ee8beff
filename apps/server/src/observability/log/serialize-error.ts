import { describeError } from '@mcp/tool-base';

/** What the log keeps of an error; never the properties that a library adds, such as requests, headers and tokens. */
export function serializeError(error: unknown): unknown {
  return error instanceof Error ? describeError(error) : error;
}

/** The fields of a log line with every error in them serialized, nested ones included. */
export function serializeErrors(fields: unknown): unknown {
  return mapErrors(fields, describeError);
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
