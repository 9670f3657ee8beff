/** Two schemas of one argument as one. */
import { isObjectSchema } from './json-schema.ts';

const WORDS = new Set(['description', 'title']);
const PLAIN_TYPES = new Set<string | undefined>(['string', 'number', 'boolean']);

/** What either of them accepts. */
export function eitherProperty(one: unknown, other: unknown): unknown {
  if (withoutWords(one) === withoutWords(other)) return one;
  if (!isObjectSchema(one) || !isObjectSchema(other)) return {};
  const values = [valuesOf(one), valuesOf(other)];
  const words = Object.fromEntries(Object.entries(one).filter(([key]) => WORDS.has(key)));
  if (values.every((each) => each !== undefined)) {
    const all = [...new Set(values.flat())];
    const types = [...new Set(all.map((value) => typeof value))];
    const [type] = types;
    const typed = types.length === 1 && PLAIN_TYPES.has(type) ? { type } : {};
    return { ...typed, ...words, enum: all };
  }
  const type = one['type'] === other['type'] && one['type'] !== undefined ? { type: one['type'] } : {};
  const alternatives =
    Array.isArray(one['anyOf']) && Object.keys(one).length <= 2 ? (one['anyOf'] as unknown[]) : [one];
  return { ...type, anyOf: [...alternatives, other] };
}

/** What both of them accept. */
export function bothProperties(one: unknown, other: unknown): unknown {
  if (withoutWords(one) === withoutWords(other)) return one;
  if (!isObjectSchema(one)) return one === true ? other : one;
  if (!isObjectSchema(other)) return other === true ? one : other;
  const differs = Object.keys(other).some((key) => key in one && !WORDS.has(key) && !same(one[key], other[key]));
  return differs ? { allOf: [one, other] } : { ...other, ...one };
}

/** The only values that it accepts, where it lists them. */
export function valuesOf(schema: unknown): readonly unknown[] | undefined {
  if (!isObjectSchema(schema)) return undefined;
  if ('const' in schema) return [schema['const']];
  return Array.isArray(schema['enum']) ? schema['enum'] : undefined;
}

function withoutWords(schema: unknown): string {
  if (!isObjectSchema(schema)) return JSON.stringify(schema) ?? '';
  return JSON.stringify(Object.entries(schema).filter(([key]) => !WORDS.has(key)));
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
