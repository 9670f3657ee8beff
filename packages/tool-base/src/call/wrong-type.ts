/** What is wrong with a value of the wrong JSON type: models often send a list, an object or a number written as text. */

import { isObjectSchema, type JsonSchema } from '../declare/json-schema.ts';
import { sanitizeText } from '../result/sanitize-text.ts';

/** Longer values are not repeated. */
const MAX_EXAMPLE_LENGTH = 80;
/** References and alternatives that refer to each other end here. */
const MAX_DEPTH = 16;

type Path = readonly PropertyKey[];

const NAMES: Readonly<Record<string, string>> = {
  array: 'a list',
  object: 'an object',
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
};

/**
 * To follow the name of the argument at `path`; undefined where its type is not what is wrong, or the schema does not tell.
 * @param schema as it is published
 */
export function wrongType(given: unknown, path: Path, schema: JsonSchema): string | undefined {
  const value = path.reduce<unknown>(memberOf, given);
  if (path.length === 0 || value === undefined) return undefined;
  const types = typesOf(
    path.reduce<readonly unknown[]>((at, step) => partsAt(at, step, schema), [schema]),
    schema,
  );
  if (types === undefined || types.size === 0 || isOf(types, value)) return undefined;
  const wanted = [...types].filter((type) => type !== 'null' || types.size === 1).map((type) => NAMES[type] ?? type);
  const problem = `must be ${wanted.join(' or ')}, not ${NAMES[typeOf(value)]}`;
  const advice = adviceFor(types, value);
  return advice === undefined ? problem : `${problem}: ${advice}`;
}

/** Such as `send [1,2] without the quotes`. */
function adviceFor(types: ReadonlySet<string>, value: unknown): string | undefined {
  if (typeof value === 'string') {
    const meant = meantBy(value);
    if (meant !== undefined && isOf(types, meant)) return `send ${exampleOf(meant)} without the quotes`;
    if (!types.has('array') || types.has('object')) return undefined;
    if (value.trimStart().startsWith('[')) return 'send a JSON list';
    return meant === undefined ? `send ${exampleOf([value], 'a JSON list')}` : undefined;
  }
  if (!types.has('string') || value === null) return undefined;
  return typeof value === 'object' ? undefined : `send ${exampleOf(JSON.stringify(value))} with the quotes`;
}

/** The value that a text would be without its quotes; Python writes `True`. */
export function meantBy(text: string): unknown {
  const trimmed = text.trim();
  if (/^(?:true|false)$/i.test(trimmed)) return trimmed.toLowerCase() === 'true';
  try {
    return JSON.parse(trimmed);
  } catch {
    return undefined;
  }
}

function exampleOf(value: unknown, otherwise = 'it'): string {
  const json = sanitizeText(JSON.stringify(value)).text;
  return json.length > MAX_EXAMPLE_LENGTH ? otherwise : json;
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function isOf(types: ReadonlySet<string>, value: unknown): boolean {
  return types.has(typeOf(value)) || (types.has('integer') && typeof value === 'number');
}

function memberOf(value: unknown, step: PropertyKey): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, step)
    ? (value as Readonly<Record<PropertyKey, unknown>>)[step]
    : undefined;
}

/** The schemas of one member, of all alternatives. */
function partsAt(parts: readonly unknown[], step: PropertyKey, root: JsonSchema): readonly unknown[] {
  return parts
    .flatMap((part) => alternatives(part, root))
    .flatMap((part) => {
      const { properties, prefixItems, items, additionalProperties } = part;
      const named = memberOf(properties, step) ?? memberOf(prefixItems, step);
      const other = Array.isArray(items) ? memberOf(items, step) : (items ?? additionalProperties);
      return [named ?? other].filter((each) => each !== undefined);
    });
}

/** The schema and what it is composed of, references followed. */
function alternatives(part: unknown, root: JsonSchema, depth = 0): readonly JsonSchema[] {
  if (!isObjectSchema(part) || depth > MAX_DEPTH) return [];
  const { $ref, anyOf, oneOf, allOf } = part;
  const referred = typeof $ref === 'string' && $ref.startsWith('#') ? [partOf(root, $ref)] : [];
  const composed = [anyOf, oneOf, allOf].flatMap((each) => (Array.isArray(each) ? (each as readonly unknown[]) : []));
  return [part, ...[...referred, ...composed].flatMap((each) => alternatives(each, root, depth + 1))];
}

function partOf(root: JsonSchema, reference: string): unknown {
  const steps = reference.slice(1).split('/').slice(1);
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~')).reduce<unknown>(memberOf, root);
}

/** The types that some alternative allows; undefined where one says nothing of types. */
function typesOf(parts: readonly unknown[], root: JsonSchema): ReadonlySet<string> | undefined {
  const types = new Set<string>();
  for (const part of parts.flatMap((each) => alternatives(each, root))) {
    const { type, enum: values, const: only } = part;
    if (Array.isArray(values)) for (const value of values as readonly unknown[]) types.add(typeOf(value));
    else if (only !== undefined) types.add(typeOf(only));
    else if (type !== undefined) for (const each of listOf(type)) types.add(each);
    else if (!['$ref', 'anyOf', 'oneOf', 'allOf'].some((key) => key in part)) return undefined;
  }
  return types;
}

function listOf(type: unknown): readonly string[] {
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  return types.filter((each) => typeof each === 'string');
}
