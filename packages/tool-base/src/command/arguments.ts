/**
 * Free arguments, split and checked before they are interpreted. A string is split on the space character and on
 * nothing else: quotes, backslashes, tabs and Unicode spaces have no meaning here, and most are refused.
 */

import { meantBy } from '../call/wrong-type.ts';
import { ToolError } from '../result/tool-error.ts';

/** Most tokens of `extraArgs`. */
export const MAX_EXTRA_ARGUMENTS = 64;
export const DEFAULT_MAX_ARGS_BYTES = 2048;

const NAMES: Readonly<Record<string, string>> = { number: 'a number', boolean: 'true or false' };
/** What editors and chats make of `-` and `--`. */
const DASHES = /[\u2010-\u2015\u2212]/;
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
    if (typeof part !== 'string') {
      const which = Array.isArray(value) ? `argument ${texts.length + 1}` : 'it';
      const rule = 'extraArgs must be a string or a list of strings';
      refuseArgument(
        `${rule}; ${which} is ${NAMES[typeof part] ?? 'an object or a list'}.`,
        'Send ["-c", "5"], for example.',
      );
    }
    bytes += Buffer.byteLength(part);
    if (bytes > maxBytes) refuseArgument(`extraArgs is longer than ${maxBytes} bytes.`);
    if (!isPrintableAscii(part))
      refuseArgument(
        unprintable(part, texts.length + 1),
        DASHES.test(part) ? 'Write - as the plain hyphen, U+002D.' : undefined,
      );
    texts.push(part);
  }
  const tokens = Array.isArray(value)
    ? texts
    : texts.flatMap((text) => text.split(' ')).filter((token) => token !== '');
  if (tokens.length > MAX_EXTRA_ARGUMENTS)
    refuseArgument(`extraArgs holds more than ${MAX_EXTRA_ARGUMENTS} arguments.`);
  return tokens;
}

function unprintable(text: string, position: number): string {
  const characters = Array.from(text);
  const at = characters.findIndex((character) => !isPrintableAscii(character));
  const code = (characters[at]?.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `Argument ${position} of extraArgs holds the character U+${code} at position ${at + 1}; only printable ASCII is allowed.`;
}
