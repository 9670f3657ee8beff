/** Patterns of declared texts. They run in time linear in the text, whatever they are; the engine is loaded for the first one. */

import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';

/** Longest pattern, in characters. */
export const MAX_PATTERN_LENGTH = 500;
/** Instructions of the compiled pattern times characters of the text: some ten milliseconds at worst. */
const MAX_STEPS = 12_000_000;
/** Patterns come from the configuration; reloads of it must not add up. */
const MAX_CACHED = 1000;

const compiled = new Map<string, RE2JS>();

/** Why a pattern cannot be used for texts of this length, to follow "it"; undefined when it can. */
export function patternProblem(pattern: string, maxLength: number): string | undefined {
  if (pattern.length > MAX_PATTERN_LENGTH) return `has more than ${MAX_PATTERN_LENGTH} characters`;
  try {
    // Clients and models read it in the syntax of JSON Schema, which is that of JavaScript.
    void new RegExp(publishedPattern(pattern), 'u');
  } catch {
    return 'is no regular expression';
  }
  try {
    return compile(pattern).programSize() * maxLength > MAX_STEPS
      ? 'repeats too much for texts of this length'
      : undefined;
  } catch {
    return 'uses what cannot be matched in linear time: lookaround, a back reference, or a repetition above 1000';
  }
}

/** Whether the whole text matches. */
export function matchesPattern(pattern: string, text: string): boolean {
  return compile(pattern).matches(text);
}

/** As JSON Schema has it, where a pattern without anchors matches anywhere in the text. */
export function publishedPattern(pattern: string): string {
  return pattern.includes('|') ? `^(?:${pattern})$` : `^${pattern}$`;
}

function compile(pattern: string): RE2JS {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const require = createRequire(import.meta.url);
  const engine = (require('re2js') as { readonly RE2JS: typeof RE2JS }).RE2JS;
  const made = engine.compile(pattern);
  if (compiled.size >= MAX_CACHED) compiled.clear();
  compiled.set(pattern, made);
  return made;
}
