import { ToolError } from '@mcp/tool-base';

const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
const VALUE = /^[\t\x20-\x7e]*$/;
/** They decide who is asking, where a request ends, or what is in it. */
const PROTECTED =
  /^(?:authorization|cookie|host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|accept-encoding|forwarded|via|(?:content|proxy|x-forwarded|sec)-.*)$/i;

export function isContentType(name: string): boolean {
  return name.toLowerCase() === 'content-type';
}

/** What is wrong with a header that a request should carry, as a text to follow its name. */
export function headerNameProblem(name: string): string | undefined {
  if (!TOKEN.test(name)) return 'is not the name of a header';
  return PROTECTED.test(name) ? 'is set by the server alone' : undefined;
}

/** @throws {ToolError} `validation_error` for a value that could begin another header */
export function requireHeaderValue(name: string, value: string): string {
  if (VALUE.test(value)) return value;
  throw new ToolError(
    'validation_error',
    `${name} must be printable ASCII in one line, because it is sent as a header.`,
  );
}
