/**
 * Input schemas whose top level is one plain object: several model APIs reject a whole request when one tool of it has
 * `anyOf`, `oneOf`, `allOf` or `not` there. What such a schema asks beyond that is put in words; the tool's own check stays
 * as it is.
 */
import { alternativesInWords, type Alternative } from './alternatives-in-words.ts';
import { eitherProperty, bothProperties } from './merge-properties.ts';
import { isObjectSchema, type JsonSchema } from './json-schema.ts';

/** Deeper compositions are left as they are. */
const MAX_DEPTH = 16;
/** Longer remains of a schema cost every model more than they tell it. */
const MAX_RULE_LENGTH = 300;
/** Neither an object of arguments nor words: shown as JSON. */
const OTHER_RULES = ['not', 'if', 'then', 'else', 'enum', 'const', 'dependentRequired', 'dependentSchemas'];
const COMPOSED = ['anyOf', 'oneOf', 'allOf', '$ref', ...OTHER_RULES];

interface Flat extends Alternative {
  /** Whether names that are not in `properties` are taken. */
  readonly open: boolean;
  readonly rules: readonly string[];
}

/**
 * The schema, accepting everything that it accepts, without composition at its top level; the same schema when it has none
 * there, and when a part of it does not describe an object.
 */
export function flatInputSchema(schema: JsonSchema): JsonSchema {
  if (!COMPOSED.some((key) => key in schema)) return schema;
  const flat = flatten(schema, schema, 0);
  if (flat === undefined) return schema;
  const refers = JSON.stringify([...flat.properties.values()]).includes('"$ref":');
  const dropped = new Set([...COMPOSED, 'unevaluatedProperties', ...(refers ? [] : ['$defs', 'definitions'])]);
  const kept = Object.entries(schema).filter(([key]) => !dropped.has(key));
  const { description } = schema;
  const words = [...(typeof description === 'string' ? [description] : []), ...flat.rules].join(' ');
  return {
    ...Object.fromEntries(kept),
    type: 'object',
    ...(words === '' ? {} : { description: words }),
    properties: Object.fromEntries(flat.properties),
    ...(flat.required.size === 0 ? {} : { required: [...flat.required] }),
    additionalProperties: flat.open ? (schema['additionalProperties'] ?? true) : false,
  };
}

function flatten(part: unknown, root: JsonSchema, depth: number): Flat | undefined {
  if (!isObjectSchema(part) || depth > MAX_DEPTH) return undefined;
  const { type = 'object', properties = {}, required = [], additionalProperties, patternProperties } = part;
  if (type !== 'object' || !isObjectSchema(properties) || !Array.isArray(required)) return undefined;
  const says = [properties, required].some((each) => Object.keys(each).length > 0);
  const composes = COMPOSED.some((key) => key in part);
  const own: Flat = {
    properties: new Map(Object.entries(properties)),
    required: new Set(required as string[]),
    open:
      patternProperties !== undefined ||
      (additionalProperties === undefined ? !says && !composes : additionalProperties !== false),
    rules: otherRules(part),
  };
  const parts = [
    ...all(part['$ref'] === undefined ? [] : [referred(part['$ref'], root)], root, depth),
    ...all(part['allOf'] ?? [], root, depth),
    ...['anyOf', 'oneOf'].map((key) => (key in part ? oneOfAll(part, key, root, depth) : NOTHING)),
  ];
  return parts.reduce<Flat | undefined>((whole, each) => whole && each && both(whole, each), own);
}

const NOTHING: Flat = { properties: new Map(), required: new Set(), open: false, rules: [] };

function all(parts: unknown, root: JsonSchema, depth: number): readonly (Flat | undefined)[] {
  return Array.isArray(parts) ? parts.map((each) => flatten(each, root, depth + 1)) : [undefined];
}

function oneOfAll(part: JsonSchema, key: string, root: JsonSchema, depth: number): Flat | undefined {
  const branches = all(part[key], root, depth).filter((each) => each !== undefined);
  if (branches.length === 0 || branches.length !== (part[key] as readonly unknown[]).length) return undefined;
  const names = new Set(branches.flatMap(({ properties }) => [...properties.keys()]));
  const properties = [...names].map((name) => {
    const given = branches.filter((each) => each.properties.has(name)).map((each) => each.properties.get(name));
    return [name, given.reduce(eitherProperty)] as const;
  });
  const [first, ...others] = branches;
  const exclusive = key === 'oneOf';
  const rules = branches.every((each) => each.rules.length === 0) ? [alternativesInWords(branches, exclusive)] : [];
  return {
    properties: new Map(properties),
    required: new Set([...(first?.required ?? [])].filter((name) => others.every((each) => each.required.has(name)))),
    open: branches.some(({ open }) => open),
    rules: rules[0] === undefined ? inJson(key, part[key]) : rules.filter((each) => each !== ''),
  };
}

function both(one: Flat, other: Flat): Flat {
  const properties = new Map(one.properties);
  for (const [name, property] of other.properties) {
    properties.set(name, properties.has(name) ? bothProperties(properties.get(name), property) : property);
  }
  return {
    properties,
    required: new Set([...one.required, ...other.required]),
    open: one.open || other.open,
    rules: [...one.rules, ...other.rules],
  };
}

function otherRules(part: JsonSchema): readonly string[] {
  const entries = Object.entries(part).filter(([key]) => OTHER_RULES.includes(key));
  return entries.length === 0 ? [] : [sentence(Object.fromEntries(entries))];
}

function inJson(key: string, value: unknown): readonly string[] {
  return [sentence({ [key]: value })];
}

function sentence(schema: JsonSchema): string {
  const json = JSON.stringify(schema);
  return json.length <= MAX_RULE_LENGTH
    ? `The arguments must also fit ${json}.`
    : 'Not every combination of these arguments is accepted; a rejection says what is wrong.';
}

/** A part of the same schema, by a JSON pointer. */
function referred(reference: unknown, root: JsonSchema): unknown {
  if (typeof reference !== 'string' || !reference.startsWith('#')) return undefined;
  return reference
    .slice(1)
    .split('/')
    .slice(1)
    .map((step) => decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, step) => (isObjectSchema(at) && Object.hasOwn(at, step) ? at[step] : undefined), root);
}
