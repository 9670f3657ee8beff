import { ToolError } from '@mcp/tool-base';

const RESERVED_LEFT = /[!'()*]/g;

/** Percent-encodes everything but unreserved characters (RFC 3986); `encodeURIComponent` leaves five more as they are. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    RESERVED_LEFT,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/**
 * A value inside one segment of a path. Servers and proxies resolve `.` and `..` even when they are percent-encoded, and an empty
 * segment changes what the path names.
 * @throws {ToolError} `validation_error` naming the argument
 */
export function requireSegment(name: string, text: string): string {
  if (text === '') throw invalid(name, 'must not be empty, because it is a part of the path');
  if (/^(?:\.|%2e){1,2}$/i.test(text)) throw invalid(name, 'must not be . or .., because it is a part of the path');
  return text;
}

function invalid(name: string, problem: string): ToolError {
  return new ToolError('validation_error', `${name} ${problem}.`, { suggestion: `Give another value for ${name}.` });
}
