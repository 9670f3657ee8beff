import * as v from 'valibot';
import type { Field } from './field.ts';
import { requireOptions, requireRange } from './option-checks.ts';
import { scalarField } from './scalar-field.ts';
import type { FieldOptions } from './scalar-field.ts';

export interface RangeOptions extends FieldOptions {
  readonly min: number;
  readonly max: number;
}

/** A whole number from `min` to `max`. A text is read as decimal digits: `0x10`, `1e3` and `1.0` are refused. */
export function integer(options: RangeOptions): Field<number> {
  requireOptions('integer()', options);
  const { min, max } = options;
  requireRange('integer()', ['min', 'max'], min, max);
  return scalarField(options, {
    schema: v.pipe(v.number(), v.safeInteger(), v.minValue(min), v.maxValue(max)),
    expected: `a whole number${rangeText(min, max)}`,
    jsonSchema: { type: 'integer', minimum: min, maximum: max },
    fromText: (text) => (/^[+-]?\d{1,16}$/.test(text.trim()) ? Number(text.trim()) : text),
    hint: quotedNumberHint,
  });
}

/** A number from `min` to `max`. A text is read as decimal digits with an optional fraction. */
export function number(options: RangeOptions): Field<number> {
  requireOptions('number()', options);
  const { min, max } = options;
  requireRange('number()', ['min', 'max'], min, max);
  return scalarField(options, {
    schema: v.pipe(v.number(), v.finite(), v.minValue(min), v.maxValue(max)),
    expected: `a number${rangeText(min, max)}`,
    jsonSchema: { type: 'number', minimum: min, maximum: max },
    fromText: (text) => (decimal.test(text.trim()) ? Number(text.trim()) : text),
    hint: quotedNumberHint,
  });
}

/** Bounds at the limit of the number type are not shown. */
function rangeText(min: number, max: number): string {
  return max >= 1e15 ? '' : ` from ${min} to ${max}`;
}

const decimal = /^[+-]?\d{1,16}(?:\.\d{1,16})?$/;

function quotedNumberHint(value: unknown): string | undefined {
  return typeof value === 'string' && decimal.test(value) ? 'write it without quotes' : undefined;
}
