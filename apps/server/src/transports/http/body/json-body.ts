import { reject, type Rejection } from '../../../problem-details.ts';

/** Maximum nesting of objects and arrays; the outermost counts as 1. @internal */
export const MAX_JSON_DEPTH = 32;
/** Maximum number of members of all objects of a body together. @internal */
export const MAX_JSON_KEYS = 1000;

export type ParsedBody = { readonly ok: true; readonly value: unknown } | Rejection;

// ignoreBOM keeps a byte order mark in the text, where JSON.parse rejects it (RFC 8259 section 8.1).
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses a body strictly: UTF-8 without a byte order mark, at most 32 levels and 1000 keys, no duplicate key, no key
 * `__proto__`. Depth and keys are counted in the text first, so that a hostile body is never turned into objects.
 */
export function parseJsonBody(bytes: Uint8Array): ParsedBody {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return reject(400, 'body_encoding', 'The body is not valid UTF-8.');
  }
  const shape = measure(text);
  if (shape.depth > MAX_JSON_DEPTH) {
    return reject(400, 'body_too_deep', `The body may nest objects and arrays at most ${MAX_JSON_DEPTH} levels deep.`);
  }
  if (shape.keys > MAX_JSON_KEYS) {
    return reject(
      400,
      'body_too_many_keys',
      `The objects of the body may have at most ${MAX_JSON_KEYS} keys together.`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return reject(400, 'body_not_json', 'The body is not valid JSON.');
  }
  const parsedKeys = countKeys(value);
  if (parsedKeys === undefined) return reject(400, 'body_key_not_allowed', 'The key "__proto__" is not allowed.');
  if (parsedKeys !== shape.keys) return reject(400, 'body_duplicate_key', 'An object has a duplicate key.');
  return { ok: true, value };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Depth, and number of colons outside strings, which in valid JSON is the number of members. Linear. */
function measure(text: string): { depth: number; keys: number } {
  let depth = 0;
  let deepest = 0;
  let keys = 0;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE:
        for (i++; i < text.length && text.charCodeAt(i) !== QUOTE; i++) {
          if (text.charCodeAt(i) === BACKSLASH) i++;
        }
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > deepest) deepest = depth;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
        break;
      case 0x3a: // :
        keys++;
        break;
    }
  }
  return { depth: deepest, keys };
}

/** Members after parsing: fewer than in the text when there was a duplicate key. Undefined for a key `__proto__`. */
function countKeys(value: unknown): number | undefined {
  let keys = 0;
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (Array.isArray(next)) {
      for (const item of next) open.push(item);
      continue;
    }
    // Parsed JSON has no inherited enumerable properties.
    for (const key in next) {
      if (key === '__proto__') return undefined;
      keys++;
      const member: unknown = (next as Record<string, unknown>)[key];
      if (typeof member === 'object') open.push(member);
    }
  }
  return keys;
}
