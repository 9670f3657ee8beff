/** The types that a flag's value can have, each with its bounds and an exact grammar: no coercion, no rounding, no trimming. */

import type { ArgumentRole } from '../launcher/program.ts';
import { isPrintable } from '../result/sanitize-text.ts';
import { isPrintableAscii } from './arguments.ts';

export type ValueType =
  | { readonly type: 'integer'; readonly min: number; readonly max: number }
  | { readonly type: 'number'; readonly min: number; readonly max: number }
  | { readonly type: 'enum'; readonly values: readonly string[] }
  | TextType
  /** Ports and port ranges, `22,80,8000-8010`; at most 100 items. */
  | { readonly type: 'ports' };

/** A text in one line that does not start with `-`; lengths in characters. */
export interface TextType {
  readonly type: 'text';
  /** @default 0 */
  readonly minLength?: number;
  readonly maxLength: number;
  /** `ascii` is printable ASCII; `text` is any printable Unicode. @default 'ascii' */
  readonly characters?: 'ascii' | 'text';
}

/** How a value is used, which decides what it may be. */
export interface ValueUse {
  /** A text may start with `-`, because the argument starts with fixed text. @default false */
  readonly leadingDash?: boolean;
}

const INTEGER = /^(?:0|-?[1-9][0-9]{0,15})$/;
const DECIMAL = /^-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,16})?$/;
const PORT_ITEM = /^([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?$/;
const MAX_PORT_ITEMS = 100;

/** The form of a list of ports, for schemas. */
export const PORTS_PATTERN = '^[0-9]{1,5}(-[0-9]{1,5})?(,[0-9]{1,5}(-[0-9]{1,5})?)*$';

function isPortList(text: string): boolean {
  const items = text.split(',');
  if (items.length > MAX_PORT_ITEMS) return false;
  return items.every((item) => {
    const match = PORT_ITEM.exec(item);
    if (match === null) return false;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    return first <= last && last <= 65_535;
  });
}

/**
 * Whether the number as written lies within the bounds. A decimal beside a bound rounds onto it, so what equals a bound as a
 * double has to be the bound as it is written; minus zero is no second way to write zero.
 */
function isWithin({ min, max }: { readonly min: number; readonly max: number }, text: string): boolean {
  const value = Number(text);
  if (value < min || value > max || Object.is(value, -0)) return false;
  if (value !== min && value !== max) return true;
  return (text.includes('.') ? text.replace(/\.?0+$/, '') : text) === String(value);
}

/** Whether `text` is a value of this type, written the one accepted way. */
export function isValueOf(type: ValueType, text: string, use: ValueUse = {}): boolean {
  switch (type.type) {
    case 'integer':
      return INTEGER.test(text) && isWithin(type, text);
    case 'number':
      return DECIMAL.test(text) && isWithin(type, text);
    case 'enum':
      return type.values.includes(text);
    case 'text':
      return textProblem(type, text, use) === undefined;
    case 'ports':
      return isPortList(text);
  }
}

/** What is wrong with a text, to follow "it"; undefined when nothing is. */
export function textProblem(type: TextType, text: string, { leadingDash = false }: ValueUse = {}): string | undefined {
  const characters = Array.from(text);
  const { length } = characters;
  if (length < (type.minLength ?? 0) || length > type.maxLength) return `has ${length} characters`;
  if (!leadingDash && text.startsWith('-')) return 'starts with "-"';
  const isAllowed = type.characters === 'text' ? isPrintable : isPrintableAscii;
  if (isAllowed(text)) return undefined;
  const at = characters.findIndex((character) => !isAllowed(character));
  const code = (characters[at]?.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return at < 0 ? 'holds an invisible character' : `holds the character U+${code} at position ${at + 1}`;
}

/** The rule for a text as a regular expression that every common engine reads; the length is stated apart. */
export function textPattern(type: TextType, { leadingDash = false }: ValueUse = {}): string {
  if (type.characters === 'text') {
    const rest = '[^\\x00-\\x1f\\x7f-\\x9f]*';
    return leadingDash ? `^${rest}$` : `^([^\\x00-\\x1f\\x7f-\\x9f-]${rest})?$`;
  }
  return leadingDash ? '^[ -~]*$' : '^([ -,.-~][ -~]*)?$';
}

const ATTACHED: ValueUse = { leadingDash: true };
const WORDS_BY_PATTERN: ReadonlyMap<string, string> = new Map(
  (['ascii', 'text'] as const).flatMap((characters): [string, string][] => {
    const type: TextType = { type: 'text', maxLength: 0, characters };
    const words = characters === 'text' ? 'printable text in one line' : 'printable ASCII';
    return [
      [textPattern(type), `${words}, not starting with "-"`],
      [textPattern(type, ATTACHED), words],
    ];
  }),
).set(PORTS_PATTERN, 'ports or port ranges such as 22,80,8000-8010');

/** @returns undefined for a pattern that is not one of this file */
export function patternInWords(pattern: string): string | undefined {
  return WORDS_BY_PATTERN.get(pattern);
}

/** Numbers may carry a sign and so start with `-`; nothing else may. */
function isSigned(type: ValueType): boolean {
  return type.type === 'integer' || type.type === 'number';
}

/** The rule in words, to follow "must be". */
export function describeType(type: ValueType, { leadingDash = false }: ValueUse = {}): string {
  switch (type.type) {
    case 'integer':
      return `a whole number from ${type.min} to ${type.max}`;
    case 'number':
      return `a number from ${type.min} to ${type.max}`;
    case 'enum':
      return `one of ${type.values.join(', ')}`;
    case 'text':
      return (
        `${type.characters === 'text' ? 'printable text' : 'printable ASCII'} of ${type.minLength ?? 0} to ${type.maxLength} characters` +
        (leadingDash ? '' : ' that does not start with "-"')
      );
    case 'ports':
      return 'ports or port ranges such as 22,80,8000-8010';
  }
}

/** The role of a checked value as an argument. */
export function roleOf(type: ValueType): ArgumentRole {
  if (isSigned(type)) return 'signed';
  return type.type === 'text' && type.characters === 'text' ? 'text' : 'value';
}
