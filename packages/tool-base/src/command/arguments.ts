/**
 * Free arguments, split and checked before they are interpreted. A string is split on the space character and on
 * nothing else: quotes, backslashes, tabs and Unicode spaces have no meaning here, and most are refused.
 */

import { meantBy } from '../call/wrong-type.ts';
import { ToolError } from '../result/tool-error.ts';

/** Most tokens of `extraArgs`. */
export const MAX_EXTRA_ARGUMENTS = 64;
export const DEFAULT_MAX_ARGS_BYTES = 2048;

const PRINTABLE_ASCII = /^[\x20-\x7e]*$/;

export function refuseArgument(message: string, suggestion?: string): never {
  throw new ToolError('validation_error', message, suggestion === undefined ? {} : { suggestion });
}

/** Printable ASCII: the space and 0x21 to 0x7e. */
export function isPrintableAscii(text: string): boolean {
  return PRINTABLE_ASCII.test(text);
}

/**
 * The tokens of `extraArgs`: a string, split on U+0020, or a list of strings taken as it is.
 * @param maxBytes UTF-8 bytes in all; the separators of a list count as one byte each
 * @throws {ToolError} `validation_error`
 */
export function splitArguments(value: unknown, maxBytes: number = DEFAULT_MAX_ARGS_BYTES): readonly string[] {
  if (value === undefined) return [];
  if (typeof value === 'string' && value.startsWith('[') && Array.isArray(meantBy(value))) {
    refuseArgument('extraArgs is a list written as text; send the list without the quotes.');
  }
  const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (parts.length > MAX_EXTRA_ARGUMENTS) refuseArgument(`extraArgs holds more than ${MAX_EXTRA_ARGUMENTS} arguments.`);
  let bytes = Math.max(0, parts.length - 1);
  const texts: string[] = [];
  for (const part of parts) {
    if (typeof part !== 'string') refuseArgument('extraArgs must be a string or a list of strings.');
    bytes += Buffer.byteLength(part);
    if (bytes > maxBytes) refuseArgument(`extraArgs is longer than ${maxBytes} bytes.`);
    if (!isPrintableAscii(part)) refuseArgument('extraArgs may hold only printable ASCII characters.');
    texts.push(part);
  }
  const tokens = Array.isArray(value)
    ? texts
    : texts.flatMap((text) => text.split(' ')).filter((token) => token !== '');
  if (tokens.length > MAX_EXTRA_ARGUMENTS)
    refuseArgument(`extraArgs holds more than ${MAX_EXTRA_ARGUMENTS} arguments.`);
  return tokens;
}
