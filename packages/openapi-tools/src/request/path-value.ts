import { ToolError } from '@mcp/tool-base';

const RESERVED_LEFT = /[!'()*]/g;

/** Percent-encodes everything but unreserved characters (RFC 3986); `encodeURIComponent` leaves five more as they are. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    RESERVED_LEFT,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** As often as a proxy and the server behind it may decode. */
const MAX_DECODINGS = 4;
const ENCODED_DELIMITER = /%(?:25|2e|2f|5c|3b|00|09|20)/gi;
/** Servers take a backslash for a slash, and leave out what follows a semicolon, before they resolve dots. */
const DOT_SEGMENT = /^\.{1,2}(?:$|;)|(?:^|[/\\])\.\.(?:$|[/\\;])/;

/**
 * A value inside one segment of a path. Servers and proxies resolve `.` and `..` even where they and the slashes beside them are
 * percent-encoded, and an empty segment changes what the path names.
 * @throws {ToolError} `validation_error` naming the argument
 */
export function requireSegment(name: string, text: string): string {
  if (text === '') throw invalid(name, 'must not be empty, because it is a part of the path');
  let decoded = asResolved(text);
  for (let times = 0; times < MAX_DECODINGS; times += 1) {
    if (DOT_SEGMENT.test(decoded))
      throw invalid(name, 'must not be . or .., or have .. beside a slash, because it is a part of the path');
    decoded = asResolved(decoded.replaceAll(ENCODED_DELIMITER, decodeURIComponent));
  }
  return text;
}

/** Servers replace full-width characters, end a text at NUL, and leave out spaces around the parts of a path. */
function asResolved(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\0.*$/su, '')
    .replaceAll(/(?<=^|[/\\])\s+|\s+(?=$|[/\\;])/gu, '');
}

function invalid(name: string, problem: string): ToolError {
  return new ToolError('validation_error', `${name} ${problem}.`, { suggestion: `Give another value for ${name}.` });
}
