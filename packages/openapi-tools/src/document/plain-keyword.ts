/** Keywords of JSON Schema that hold no schema. One with a value that the specification does not allow is left out. */

type IsAllowed = (value: unknown) => boolean;

const TYPES: ReadonlySet<unknown> = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null']);

const isAny: IsAllowed = () => true;
const isText: IsAllowed = (value) => typeof value === 'string';
const isNumber: IsAllowed = (value) => typeof value === 'number';
const isCount: IsAllowed = (value) => Number.isSafeInteger(value) && Number(value) >= 0;
const isBoolean: IsAllowed = (value) => typeof value === 'boolean';
const isList: IsAllowed = (value) => Array.isArray(value) && value.length > 0;

const KEYWORDS: ReadonlyMap<string, IsAllowed> = new Map(
  Object.entries({
    type: (value) => [value].flat().length > 0 && [value].flat().every((one) => TYPES.has(one)),
    enum: isList,
    const: isAny,
    default: isAny,
    examples: isList,
    deprecated: isBoolean,
    format: isText,
    pattern: isPattern,
    contentEncoding: isText,
    contentMediaType: isText,
    multipleOf: (value) => typeof value === 'number' && value > 0,
    minimum: isNumber,
    maximum: isNumber,
    exclusiveMinimum: isNumber,
    exclusiveMaximum: isNumber,
    minLength: isCount,
    maxLength: isCount,
    minItems: isCount,
    maxItems: isCount,
    uniqueItems: isBoolean,
    minContains: isCount,
    maxContains: isCount,
    minProperties: isCount,
    maxProperties: isCount,
    dependentRequired: (value) =>
      typeof value === 'object' && value !== null && Object.values(value).every((names) => Array.isArray(names)),
  } satisfies Record<string, IsAllowed>),
);

export function isPlainKeyword(key: string, value: unknown): boolean {
  return KEYWORDS.get(key)?.(value) ?? false;
}

/** Lists of values without those that are there before. */
export function plainValue(key: string, value: unknown): unknown {
  if ((key !== 'enum' && key !== 'type') || !Array.isArray(value)) return value;
  return [...new Map(value.map((one: unknown) => [JSON.stringify(one), one])).values()];
}

/** Documents have expressions of other languages too, which a client that compiles the schema refuses. */
function isPattern(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  try {
    return new RegExp(value, 'u').unicode;
  } catch {
    return false;
  }
}

/** @param type one of the types of JSON Schema, or a list of them */
export function hasType(value: unknown, type: unknown): boolean {
  return [type].flat().some((one) => {
    switch (one) {
      case 'null':
        return value === null;
      case 'array':
        return Array.isArray(value);
      case 'object':
        return typeof value === 'object' && value !== null && !Array.isArray(value);
      case 'integer':
        return Number.isInteger(value);
      default:
        return typeof value === one;
    }
  });
}
