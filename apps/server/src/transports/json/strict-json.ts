/** JSON from a client: both transports accept the same texts. */

/** Maximum nesting of objects and arrays; the outermost counts as 1. @internal */
export const MAX_JSON_DEPTH = 32;
/** Maximum number of members of all objects of a text together. @internal */
export const MAX_JSON_KEYS = 1000;

export type JsonProblem = 'not_json' | 'too_deep' | 'too_many_keys' | 'key_not_allowed' | 'duplicate_key';

export type StrictJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: JsonProblem };

/**
 * Parses a text strictly: at most 32 levels and 1000 keys, no duplicate key in an object, no own `__proto__`. Depth and
 * keys are counted on the text first, so that a hostile one never becomes objects.
 */
export function parseStrictJson(text: string): StrictJson {
  const shape = measure(text);
  if (shape.depth > MAX_JSON_DEPTH) return { ok: false, problem: 'too_deep' };
  if (shape.keys > MAX_JSON_KEYS) return { ok: false, problem: 'too_many_keys' };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'not_json' };
  }
  const keys = countKeys(value);
  if (keys === undefined) return { ok: false, problem: 'key_not_allowed' };
  if (keys !== shape.keys) return { ok: false, problem: 'duplicate_key' };
  return { ok: true, value };
}

/** @param subject such as "The body" */
export function jsonProblemText(problem: JsonProblem, subject: string): string {
  switch (problem) {
    case 'not_json':
      return `${subject} is not valid JSON.`;
    case 'too_deep':
      return `${subject} may nest objects and arrays at most ${MAX_JSON_DEPTH} levels deep.`;
    case 'too_many_keys':
      return `${subject} may have at most ${MAX_JSON_KEYS} keys, counted over all objects.`;
    case 'key_not_allowed':
      return `${subject} must not have the key "__proto__".`;
    case 'duplicate_key':
      return `${subject} has a duplicate key; a key may occur only once in an object.`;
  }
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
