/** The types that a flag's value can have, each with its bounds and an exact grammar: no coercion, no rounding, no trimming. */

import { isPrintableAscii } from './arguments.ts';

export type ValueType =
  | { readonly type: 'integer'; readonly min: number; readonly max: number }
  | { readonly type: 'number'; readonly min: number; readonly max: number }
  | { readonly type: 'enum'; readonly values: readonly string[] }
  /** Printable ASCII that does not start with `-`. */
  | { readonly type: 'text'; readonly minLength?: number; readonly maxLength: number }
  /** Ports and port ranges, `22,80,8000-8010`; at most 100 items. */
  | { readonly type: 'ports' };

const INTEGER = /^(?:0|-?[1-9][0-9]{0,15})$/;
const DECIMAL = /^-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,16})?$/;
const PORT_ITEM = /^([1-9][0-9]{0,4})(?:-([1-9][0-9]{0,4}))?$/;
const MAX_PORT_ITEMS = 100;

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
export function isValueOf(type: ValueType, text: string): boolean {
  switch (type.type) {
    case 'integer':
      return INTEGER.test(text) && isWithin(type, text);
    case 'number':
      return DECIMAL.test(text) && isWithin(type, text);
    case 'enum':
      return type.values.includes(text);
    case 'text':
      return (
        text.length >= (type.minLength ?? 0) &&
        text.length <= type.maxLength &&
        !text.startsWith('-') &&
        isPrintableAscii(text)
      );
    case 'ports':
      return isPortList(text);
  }
}

/** Numbers may carry a sign and so start with `-`; nothing else may. */
export function isSigned(type: ValueType): boolean {
  return type.type === 'integer' || type.type === 'number';
}

/** The rule in words, to follow "must be". */
export function describeType(type: ValueType): string {
  switch (type.type) {
    case 'integer':
      return `a whole number from ${type.min} to ${type.max}`;
    case 'number':
      return `a number from ${type.min} to ${type.max}`;
    case 'enum':
      return `one of ${type.values.join(', ')}`;
    case 'text':
      return `printable ASCII of ${type.minLength ?? 0} to ${type.maxLength} characters that does not start with "-"`;
    case 'ports':
      return 'ports or port ranges such as 22,80,8000-8010';
  }
}
