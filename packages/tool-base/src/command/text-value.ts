/** Texts as values: their characters, their length, and what else the declaration asks of them. */

import { isPrintable } from '../result/sanitize-text.ts';
import { isPrintableAscii } from './arguments.ts';
import { matchesPattern, publishedPattern } from './text-pattern.ts';

/** `ascii` is printable ASCII; `text` any printable Unicode; `lines` the same in several lines, with tabs. */
export type TextCharacters = 'ascii' | 'text' | 'lines';

/** A text that does not start with `-`; lengths in characters. */
export interface TextType {
  readonly type: 'text';
  /** @default 0 */
  readonly minLength?: number;
  readonly maxLength: number;
  /** @default 'ascii' */
  readonly characters?: TextCharacters;
  /** A regular expression in the syntax of RE2, which the whole text matches. @default any text */
  readonly pattern?: string;
}

/** How a value is used, which decides what it may be. */
export interface ValueUse {
  /** A text may start with `-`, because the argument starts with fixed text, or because it is not an argument. @default false */
  readonly leadingDash?: boolean;
}

const ALLOWED: Readonly<Record<TextCharacters, (text: string) => boolean>> = {
  ascii: isPrintableAscii,
  text: isPrintable,
  lines: (text) => isPrintable(text.replaceAll(/[\t\n\r]/g, ' ')),
};

/** What is wrong with a text, to follow "it"; undefined when nothing is. */
export function textProblem(type: TextType, text: string, { leadingDash = false }: ValueUse = {}): string | undefined {
  const characters = Array.from(text);
  const { length } = characters;
  if (length < (type.minLength ?? 0) || length > type.maxLength) return `has ${length} characters`;
  if (!leadingDash && text.startsWith('-')) return 'starts with "-"';
  const isAllowed = ALLOWED[type.characters ?? 'ascii'];
  if (isAllowed(text)) {
    return type.pattern === undefined || matchesPattern(type.pattern, text) ? undefined : 'does not match';
  }
  const at = characters.findIndex((character) => !isAllowed(character));
  const code = (characters[at]?.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return at < 0 ? 'holds an invisible character' : `holds the character U+${code} at position ${at + 1}`;
}

/** The characters of a text as a regular expression that every common engine reads; the length is stated apart. */
function charactersPattern({ characters = 'ascii' }: TextType, { leadingDash = false }: ValueUse): string {
  if (characters === 'ascii') return leadingDash ? '^[ -~]*$' : '^([ -,.-~][ -~]*)?$';
  const refused = characters === 'text' ? '\\x00-\\x1f\\x7f-\\x9f' : '\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f';
  return leadingDash ? `^[^${refused}]*$` : `^([^${refused}-][^${refused}]*)?$`;
}

/** The keywords of JSON Schema that say what {@link textProblem} checks. */
export function textSchema(type: TextType, use: ValueUse = {}): Record<string, unknown> {
  const characters = charactersPattern(type, use);
  return {
    type: 'string',
    ...(type.minLength ? { minLength: type.minLength } : {}),
    maxLength: type.maxLength,
    ...(type.pattern === undefined
      ? { pattern: characters }
      : { pattern: publishedPattern(type.pattern), allOf: [{ pattern: characters }] }),
  };
}

const NAMES: Readonly<Record<TextCharacters, string>> = {
  ascii: 'printable ASCII',
  text: 'printable text',
  lines: 'printable text, also in several lines,',
};

/** The rule in words, to follow "must be". */
export function describeText(type: TextType, { leadingDash = false }: ValueUse): string {
  const { characters = 'ascii', minLength = 0, maxLength, pattern } = type;
  const rules = [
    ...(leadingDash ? [] : ['does not start with "-"']),
    ...(pattern === undefined ? [] : [`matches ${publishedPattern(pattern)}`]),
  ];
  const more = rules.length === 0 ? '' : ` that ${rules.join(' and ')}`;
  return `${NAMES[characters]} of ${minLength} to ${maxLength} characters${more}`;
}

const ATTACHED: ValueUse = { leadingDash: true };
const WORDS: Readonly<Record<TextCharacters, string>> = {
  ascii: 'printable ASCII',
  text: 'printable text in one line',
  lines: 'printable text in one or more lines',
};

/** What the patterns of {@link textSchema} say of characters, in words, by pattern. */
export const WORDS_BY_CHARACTERS: ReadonlyMap<string, string> = new Map(
  (['ascii', 'text', 'lines'] as const).flatMap((characters): [string, string][] => {
    const type: TextType = { type: 'text', maxLength: 0, characters };
    return [
      [charactersPattern(type, {}), `${WORDS[characters]}, not starting with "-"`],
      [charactersPattern(type, ATTACHED), WORDS[characters]],
    ];
  }),
);
