/** What is wrong with one value, where the rule of its type alone would leave the reader looking for it. */

import { textProblem, type ValueUse } from './text-value.ts';
import { isValueOf, MAX_PORT_ITEMS, type ValueType } from './value-type.ts';

/** To follow "it"; undefined for a value that is accepted, and where there is nothing to add to the rule. */
export function valueProblem(type: ValueType, text: string, use: ValueUse = {}): string | undefined {
  switch (type.type) {
    case 'text':
      return textProblem(type, text, use);
    case 'ports':
      return portsProblem(text);
    case 'enum':
      return wordProblem(type.values, text);
    case 'integer':
    case 'number':
      return isValueOf(type, text) ? undefined : numberProblem(type, text);
  }
}

/** The same for a JSON value, of a parameter. */
export function jsonProblem(type: ValueType, value: unknown, use: ValueUse = {}): string | undefined {
  const isNumeric = type.type === 'integer' || type.type === 'number';
  if (value === null) return 'is null';
  if (typeof value === 'object') return Array.isArray(value) ? 'is a list' : 'is an object';
  if (typeof value === 'string') return isNumeric ? textForNumber(type, value) : valueProblem(type, value, use);
  if (typeof value === 'number' && isNumeric) return valueProblem(type, String(value));
  return isNumeric ? 'is not a number' : 'is not a string; send it as a string';
}

function textForNumber(type: ValueType, text: string): string {
  return isValueOf(type, text) ? 'is text; send it as a number, without quotes' : 'is text, not a number';
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

function numberProblem({ type, min, max }: Extract<ValueType, { readonly min: number }>, text: string): string {
  if (!NUMBER.test(text)) return text === '' ? 'is empty' : 'is not a number';
  const value = Number(text);
  if (value > max) return `is above ${max}`;
  if (value < min) return `is below ${min}`;
  if (type === 'integer' && !Number.isInteger(value)) return 'has a fraction';
  if (/e/i.test(text)) return 'has an exponent: write all its digits';
  if (/^[+-]?0\d/.test(text)) return 'has a zero in front';
  if (text.startsWith('+')) return 'has a plus sign';
  if (Object.is(value, -0)) return 'is -0: write 0';
  if (type === 'integer') return 'is written with a point';
  return /\.\d{17}/.test(text) ? 'has more than 16 digits after the point' : 'is not in its plain form, such as 0.5';
}

function portsProblem(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (/\s/.test(text)) return 'has spaces: write 22,80';
  const items = text.split(',');
  if (items.length > MAX_PORT_ITEMS) return `has more than ${MAX_PORT_ITEMS} items`;
  for (const [at, item] of items.entries()) {
    const [first = '', last = first, ...others] = item.split('-');
    const problem = others.length > 0 ? 'is no range' : (portProblem(first) ?? portProblem(last));
    if (problem !== undefined) return `is wrong at item ${at + 1}, which ${problem}`;
    if (Number(first) > Number(last)) return `is wrong at item ${at + 1}, which runs backwards: write ${last}-${first}`;
  }
  return undefined;
}

function portProblem(text: string): string | undefined {
  if (text === '') return 'is empty';
  if (!/^\d+$/.test(text)) return 'is not a number';
  if (/^0+[1-9]/.test(text)) return 'has a zero in front';
  return Number(text) < 1 || Number(text) > 65_535 ? 'is not from 1 to 65535' : undefined;
}

function wordProblem(words: readonly string[], text: string): string | undefined {
  if (words.includes(text)) return undefined;
  const meant = text.trim().toLowerCase();
  const near = words.find((word) => word.toLowerCase() === meant);
  return near === undefined ? undefined : `is written ${near}`;
}
