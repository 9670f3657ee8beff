import { isObjectSchema, type JsonSchema } from './json-schema.ts';

type Check = (value: unknown, depth: number) => boolean;

const MAX_DEPTH = 16;
const DRAFTS: readonly unknown[] = [
  'https://json-schema.org/draft/2020-12/schema',
  'http://json-schema.org/draft-07/schema#',
];
const TYPES: ReadonlySet<unknown> = new Set(['array', 'boolean', 'integer', 'null', 'number', 'object', 'string']);

const anything: Check = () => true;
const text: Check = (value) => typeof value === 'string';
const flag: Check = (value) => typeof value === 'boolean';
const finite: Check = (value) => Number.isFinite(value);
const size: Check = (value) => Number.isInteger(value) && Number(value) >= 0;
const names: Check = (value) => isList(value) && value.every((each) => typeof each === 'string') && isDistinct(value);
const schemas: Check = (value, depth) => isList(value) && value.length > 0 && value.every((each) => plain(each, depth));

/** Keywords that mean the same in draft-07 and 2020-12, and what their values are there. */
const KEYWORDS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['title', text],
  ['description', text],
  ['default', anything],
  ['examples', isList],
  ['const', anything],
  ['enum', (value) => isList(value) && value.length > 0 && value.every(isScalar) && isDistinct(value)],
  ['type', (value) => TYPES.has(value) || (names(value, 0) && isTypes(value as readonly unknown[]))],
  ['format', text],
  ['pattern', (value) => typeof value === 'string' && isRegularExpression(value)],
  ['minLength', size],
  ['maxLength', size],
  ['minimum', finite],
  ['maximum', finite],
  ['exclusiveMinimum', finite],
  ['exclusiveMaximum', finite],
  ['multipleOf', (value) => finite(value, 0) && Number(value) > 0],
  ['minItems', size],
  ['maxItems', size],
  ['uniqueItems', flag],
  ['items', plain],
  ['minProperties', size],
  ['maxProperties', size],
  ['required', names],
  ['additionalProperties', plain],
  ['properties', (value, depth) => isObjectSchema(value) && Object.values(value).every((each) => plain(each, depth))],
  ['anyOf', schemas],
  ['allOf', schemas],
  ['oneOf', schemas],
  ['not', plain],
]);

/**
 * Whether a JSON Schema is valid at a glance: it has only the usual keywords, each with a value that both drafts allow. Such a schema
 * compiles, so neither the meta-schema nor the validator itself need be there before its first use; of all others nothing is said.
 */
export function isPlainJsonSchema({ $schema = DRAFTS[0], ...schema }: JsonSchema): boolean {
  return DRAFTS.includes($schema) && plain(schema, 0);
}

function plain(schema: unknown, depth: number): boolean {
  if (typeof schema === 'boolean') return true;
  if (!isObjectSchema(schema) || depth > MAX_DEPTH) return false;
  return Object.entries(schema).every(([keyword, value]) => KEYWORDS.get(keyword)?.(value, depth + 1) ?? false);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isDistinct(list: readonly unknown[]): boolean {
  return new Set(list).size === list.length;
}

/** Of the others, two may be equal without being the same. */
function isScalar(value: unknown): boolean {
  return value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
}

function isTypes(list: readonly unknown[]): boolean {
  return list.length > 0 && list.every((each) => TYPES.has(each));
}

function isRegularExpression(source: string): boolean {
  try {
    return new RegExp(source, 'u').unicode;
  } catch {
    return false;
  }
}
