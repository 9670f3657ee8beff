/** The types that a flag's value can have, each with its bounds and an exact grammar: no coercion, no rounding, no trimming. */

import type { ArgumentRole } from '../launcher/program.ts';
import { isPrintableAscii } from './arguments.ts';
import { WORDS_OF_PATHS } from './path-value.ts';
import { describeText, textProblem, WORDS_BY_CHARACTERS, type TextType, type ValueUse } from './text-value.ts';

export type ValueType =
  | { readonly type: 'integer'; readonly min: number; readonly max: number }
  | { readonly type: 'number'; readonly min: number; readonly max: number }
  | { readonly type: 'enum'; readonly values: readonly string[] }
  | TextType
  /** Ports and port ranges, `22,80,8000-8010`; at most 100 items. */
  | { readonly type: 'ports' };

const INTEGER = /^(?:0|-?[1-9][0-9]{0,15})$/;
const DECIMAL = /^-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,16})?$/;
const PORT_ITEM = /^([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?$/;
export const MAX_PORT_ITEMS = 100;

/** The form of a list of ports, for schemas. */
export const PORTS_PATTERN = '^[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})?(,[1-9][0-9]{0,4}(-[1-9][0-9]{0,4})?)*$';

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

const WORDS_BY_PATTERN: ReadonlyMap<string, string> = new Map([
  ...WORDS_BY_CHARACTERS,
  WORDS_OF_PATHS,
  [PORTS_PATTERN, 'ports or port ranges such as 22,80,8000-8010'],
]);

/** @returns undefined for a pattern that is no rule of a type */
export function patternInWords(pattern: string): string | undefined {
  return WORDS_BY_PATTERN.get(pattern);
}

/** Numbers may carry a sign and so start with `-`; nothing else may. */
function isSigned(type: ValueType): boolean {
  return type.type === 'integer' || type.type === 'number';
}

/** The rule in words, to follow "must be". */
export function describeType(type: ValueType, use: ValueUse = {}): string {
  switch (type.type) {
    case 'integer':
      return `a whole number from ${type.min} to ${type.max}`;
    case 'number':
      return `a number from ${type.min} to ${type.max}`;
    case 'enum':
      return `one of ${type.values.join(', ')}`;
    case 'text':
      return describeText(type, use);
    case 'ports':
      return 'ports or port ranges such as 22,80,8000-8010';
  }
}

/** The role of a checked value as an argument. */
export function roleOf(type: ValueType): ArgumentRole {
  if (isSigned(type)) return 'signed';
  if (type.type === 'enum') return type.values.every(isPrintableAscii) ? 'value' : 'text';
  return type.type === 'text' && type.characters !== undefined && type.characters !== 'ascii' ? 'text' : 'value';
}
