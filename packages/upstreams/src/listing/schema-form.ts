/**
 * Whether a schema has the form of JSON Schema where clients depend on it. Some read a list of tools as a whole: one schema that they
 * cannot read, or cannot compile, loses them every tool of this server.
 */
import { isMembers, type Members } from '../connection/take-apart.ts';
import { referredPart } from './schema-reference.ts';

const TYPES: ReadonlySet<unknown> = new Set(['string', 'number', 'integer', 'boolean', 'null', 'array', 'object']);

const DIALECT = /^https?:\/\/json-schema\.org\/draft(?:-0[67]|\/2019-09|\/2020-12)\/schema#?$/;

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isNumber: Check = (value) => typeof value === 'number';
const isCount: Check = (value) => Number.isInteger(value) && (value as number) >= 0;
const isNever: Check = () => false;
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);

const VALUES: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['type', (value) => (Array.isArray(value) ? value.every((type) => TYPES.has(type)) : TYPES.has(value))],
  ['enum', (value) => Array.isArray(value) && value.length > 0],
  ['multipleOf', (value) => typeof value === 'number' && value > 0],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'].map((name) => [name, isNumber] as const),
  ...['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'].map(
    (name) => [name, isCount] as const,
  ),
  ...['minContains', 'maxContains'].map((name) => [name, isCount] as const),
  ['uniqueItems', isFlag],
  ['required', isTexts],
  ['pattern', isPattern],
  ['format', isText],
  ['$ref', isText],
  ['$schema', (value) => isText(value) && DIALECT.test(value as string)],
  ['$comment', isText],
  ['nullable', isFlag],
  ['dependentRequired', (value) => isMembers(value) && Object.values(value).every(isTexts)],
  [
    'dependencies',
    (value) => isMembers(value) && Object.values(value).every((part) => isTexts(part) || isSchema(part)),
  ],
  // Names for a schema within a document, which hold for other tools in some clients, and what not every client compiles.
  ...['$id', 'id', '$anchor', '$dynamicAnchor', '$recursiveAnchor'].map((name) => [name, isNever] as const),
  ...['$dynamicRef', '$recursiveRef', '$vocabulary'].map((name) => [name, isNever] as const),
]);
const ONE_SCHEMA = ['additionalProperties', 'additionalItems', 'not', 'if', 'then', 'else', 'contains'];
const MORE_SCHEMAS = ['propertyNames', 'unevaluatedItems', 'unevaluatedProperties'];
const SCHEMA: ReadonlySet<string> = new Set([...ONE_SCHEMA, ...MORE_SCHEMAS]);
const LISTS: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const MAPS: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
]);

/** What every client reads of the schema of a tool: the names of the properties with their schemas, and which are required. */
export function propertiesProblem(schema: Members): string | undefined {
  const { properties = {}, required = [], $schema = '' } = schema;
  if (!isText($schema)) return 'has a $schema that is not text';
  if (!isMembers(properties) || !Object.values(properties).every(isMembers)) {
    return 'has properties that are not objects, for which some clients would lose every tool';
  }
  return isTexts(required) ? undefined : 'has a list of required properties that is not a list of names';
}

/** Whether a client that compiles the schema can. Nested no deeper than `schemaProblem` allows. */
export function formProblem(schema: Members): string | undefined {
  return propertiesProblem(schema) ?? problemIn(schema, schema);
}

function problemIn(schema: unknown, root: Members): string | undefined {
  if (typeof schema === 'boolean') return undefined;
  if (!isMembers(schema)) return 'has a part that is no schema';
  for (const [keyword, value] of Object.entries(schema)) {
    if (VALUES.get(keyword)?.(value) === false) return `has the keyword ${keyword} with a value that it cannot have`;
    if (keyword === 'patternProperties' && isMembers(value) && !Object.keys(value).every(isPattern)) {
      return 'has a pattern that is no regular expression';
    }
    if (keyword === '$ref' && !isSchema(referredPart(root, value as string)))
      return 'refers to a part that it does not have';
    const problem = partsOf(keyword, value)
      ?.map((part) => problemIn(part, root))
      .find((each) => each !== undefined);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** The schemas within a keyword; something that is no schema where the value has another form. */
function partsOf(keyword: string, value: unknown): readonly unknown[] | undefined {
  if (SCHEMA.has(keyword)) return [value];
  if (keyword === 'items') return Array.isArray(value) ? value : [value];
  if (LISTS.has(keyword)) return Array.isArray(value) && value.length > 0 ? value : [undefined];
  if (MAPS.has(keyword)) return isMembers(value) ? Object.values(value) : [undefined];
  return undefined;
}

function isSchema(part: unknown): boolean {
  return typeof part === 'boolean' || isMembers(part);
}

function isPattern(pattern: unknown): boolean {
  try {
    return new RegExp(String(pattern), 'u').unicode && isText(pattern);
  } catch {
    return false;
  }
}
