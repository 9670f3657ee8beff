import * as v from 'valibot';
import { requireOptions, requireRange } from './option-checks.ts';
import type { Field } from './field.ts';
import type { RangeOptions } from './number-fields.ts';
import { custom } from './scalar-field.ts';

const bytesPer: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};
const sizePattern = /^(\d{1,12}(?:\.\d{1,3})?) ?(B|KB|MB|GB|KiB|MiB|GiB)$/;

/** `512MiB`, `1.5GB` as bytes; undefined for anything else. @internal */
export function bytesOf(text: string): number | undefined {
  const [, amount, unit] = sizePattern.exec(text) ?? [];
  const factor = unit === undefined ? undefined : bytesPer[unit];
  return factor === undefined ? undefined : Math.floor(Number(amount) * factor);
}

/** `1073741824` -> `1 GiB`, `1000` -> `1000 B`. @internal */
export function sizeText(bytes: number): string {
  const unit = (['GiB', 'MiB', 'KiB'] as const).find((name) => bytes > 0 && bytes % (bytesPer[name] ?? 1) === 0);
  return unit === undefined ? `${bytes} B` : `${bytes / (bytesPer[unit] ?? 1)} ${unit}`;
}

/** As Kubernetes, Docker and the JVM write sizes. */
function sizeHint(value: unknown): string | undefined {
  const [, amount, letter] = /^(\d{1,12}(?:\.\d{1,3})?) ?([kmg])(?:i?b?)$/i.exec(String(value).trim()) ?? [];
  return letter === undefined ? undefined : `write ${amount}${letter.toUpperCase()}iB`;
}

export interface SizeOptions extends RangeOptions {
  /** What a number without a unit counts in an environment variable or on the command line. @default 'B' */
  readonly textUnit?: 'B' | 'MiB';
}

/** A number of bytes, written as a number or as a text with a unit: `512MiB`, `1.5GB`. `min` and `max` are bytes. */
export function size(options: SizeOptions): Field<number> {
  requireOptions('size()', options);
  const { min, max, textUnit = 'B' } = options;
  requireRange('size()', ['min', 'max'], min, max);
  const schema = v.pipe(
    v.union([v.number(), v.string()]),
    v.transform((raw) => (typeof raw === 'number' ? raw : (bytesOf(raw.trim()) ?? Number.NaN))),
    v.number(),
    v.safeInteger(),
    v.minValue(min),
    v.maxValue(max),
  );
  return custom(schema, {
    ...options,
    expected: `a size from ${sizeText(min)} to ${sizeText(max)} (bytes, or a string such as '64MiB', '1.5GB')`,
    jsonSchema: {
      anyOf: [
        { type: 'integer', minimum: min, maximum: max },
        { type: 'string', pattern: sizePattern.source },
      ],
    },
    fromText: (text) =>
      /^\d{1,16}$/.test(text.trim()) ? Number(text.trim()) * (bytesPer[textUnit] ?? 1) : text.trim(),
    hint: sizeHint,
  });
}
