import { createHash } from 'node:crypto';

import { load } from 'js-yaml';

import { DocumentError } from './document-error.ts';
import { oneLine } from './withheld.ts';

/** Unless a caller takes more. */
export const MAX_DOCUMENT_BYTES: number = 10 * 1024 * 1024;
const MIB = 1024 * 1024;
const MAX_DEPTH = 100;
/** As generators write them for what is used in several places. */
const MAX_ALIASES = 10_000;
const MAX_MERGED_KEYS = 10_000;
/** Values, with those that aliases stand for: aliases of aliases multiply them. */
const MAX_VALUES = 2_000_000;

/**
 * An OpenAPI document as JSON or YAML.
 * @param maxBytes a larger document is refused
 * @throws {DocumentError} for text over the limit, for text that is neither, and for YAML nested or repeated without end
 */
export function readDocument(bytes: Uint8Array, maxBytes: number = MAX_DOCUMENT_BYTES): unknown {
  if (bytes.length > maxBytes) throw tooLarge(maxBytes, bytes.length);
  const text = new TextDecoder().decode(bytes);
  if (text.trimStart().startsWith('{')) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // Flow style YAML begins with a brace too.
    }
  }
  try {
    const document = load(text, { maxDepth: MAX_DEPTH, maxAliases: MAX_ALIASES, maxTotalMergeKeys: MAX_MERGED_KEYS });
    if (expandedSize(document) > MAX_VALUES) throw new Error('its aliases stand for too much');
    return document;
  } catch (error) {
    const [reason = ''] = error instanceof Error ? error.message.split('\n', 1) : [];
    throw new DocumentError(`The document is neither JSON nor YAML that can be read: ${oneLine(reason)}.`);
  }
}

/** @param actual how many bytes it has, where that is known */
export function tooLarge(maxBytes: number, actual?: number): DocumentError {
  const shown = (bytes: number): string => `${Number((bytes / MIB).toFixed(1))} MiB`;
  const size = actual === undefined ? '' : ` It has ${actual} bytes (${shown(actual)}).`;
  return new DocumentError(
    `The document is larger than ${maxBytes} bytes (${shown(maxBytes)}).${size} Raise maxBytes of the document, or remove what is not needed from it.`,
  );
}

/** Values in a document in which the same object may be in several places; infinite where one is inside itself. */
function expandedSize(value: unknown, known = new Map<object, number>()): number {
  if (typeof value !== 'object' || value === null) return 1;
  const before = known.get(value);
  if (before !== undefined) return before;
  known.set(value, Infinity);
  const size = Object.values(value).reduce<number>((sum, member) => sum + expandedSize(member, known), 1);
  known.set(value, size);
  return size;
}

/** In hexadecimal, as `sha256sum` prints it. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
