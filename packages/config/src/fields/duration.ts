import * as v from 'valibot';
import type { Field } from './field.ts';
import { requireOptions, requireRange } from './option-checks.ts';
import { custom } from './scalar-field.ts';
import type { RangeOptions } from './number-fields.ts';

const secondsPer: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };
const durationPattern = /^(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h)$/;

/** `250ms`, `30s`, `5m`, `1.5h` as seconds; undefined for anything else. @internal */
export function secondsOf(text: string): number | undefined {
  const [, amount, unit] = durationPattern.exec(text) ?? [];
  const factor = unit === undefined ? undefined : secondsPer[unit];
  // Rounded to microseconds, so that 250ms is 0.25 and not 0.25000000000000006.
  return factor === undefined ? undefined : Math.round(Number(amount) * factor * 1e6) / 1e6;
}

/** Units as people write them. */
function durationHint(value: unknown): string | undefined {
  const [, amount, unit = ''] = /^(\d{1,9}(?:\.\d{1,6})?)\s*([a-z]+)\.?$/i.exec(String(value).trim()) ?? [];
  const name = Object.entries(unitNames).find(([, names]) => names.test(unit))?.[0];
  return amount === undefined || name === undefined ? undefined : `write ${amount}${name}`;
}

const unitNames: Readonly<Record<string, RegExp>> = {
  ms: /^(?:ms|msecs?|millis|milliseconds?)$/i,
  s: /^(?:s|secs?|seconds?)$/i,
  m: /^(?:m|mins?|minutes?)$/i,
  h: /^(?:h|hrs?|hours?)$/i,
};

/** `90` -> `90 s`, `0.25` -> `250 ms`. @internal */
export function durationText(seconds: number): string {
  return seconds > 0 && seconds < 1 ? `${Math.round(seconds * 1e6) / 1e3} ms` : `${seconds} s`;
}

/**
 * A duration, whose value is a number of seconds. Written as a number of seconds or as a text with a unit: `250ms`,
 * `30s`, `5m`, `1h`. `min` and `max` are seconds.
 */
export function duration(options: RangeOptions): Field<number> {
  requireOptions('duration()', options);
  const { min, max } = options;
  requireRange('duration()', ['min', 'max'], min, max);
  const schema = v.pipe(
    v.union([v.number(), v.string()]),
    v.transform((raw) => (typeof raw === 'number' ? raw : (secondsOf(raw.trim()) ?? Number.NaN))),
    v.number(),
    v.finite(),
    v.minValue(min),
    v.maxValue(max),
  );
  return custom(schema, {
    ...options,
    expected: `a duration from ${durationText(min)} to ${durationText(max)} (seconds, or a string such as '250ms', '30s', '5m')`,
    jsonSchema: {
      anyOf: [
        { type: 'number', minimum: min, maximum: max },
        { type: 'string', pattern: durationPattern.source },
      ],
    },
    fromText: (text) => (/^\d{1,9}(?:\.\d{1,6})?$/.test(text.trim()) ? Number(text.trim()) : text.trim()),
    hint: durationHint,
  });
}
