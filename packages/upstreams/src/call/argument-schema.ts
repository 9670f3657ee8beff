/**
 * Checks arguments against a schema of an upstream, so that the answer says what was wrong without a call. The schema is a
 * stranger's: it is interpreted, never compiled to code, and what could take long (regular expressions, comparisons of all pairs,
 * recursion) is left to the upstream, which checks its arguments itself. Nothing is converted or filled in.
 */
import { Validator, type Schema, type SchemaDraft } from '@cfworker/json-schema';
import { countApplications, withBoundedWork, type ToolDefinition } from '@mcp/tool-base';

import { isMembers, type Members } from '../connection/take-apart.ts';
import { referredPart } from '../listing/schema-reference.ts';

const MAX_EXPANDED = 10_000;
/** Each reads a text to its end. */
const MAX_LENGTHS = 100;
const MAX_ISSUES = 5;
/** Keywords whose cost the schema's author chooses. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'pattern',
  'patternProperties',
  'format',
  'uniqueItems',
  '$id',
  '$schema',
]);
/** What they say of the part that they are in is nothing that a value could fail. */
const NAMING: ReadonlySet<string> = new Set(['$id', '$schema']);
/** The more a part of the schema lets pass, the less these do: beside parts that are left out, they would reject what the schema allows. */
const INVERTING = ['not', 'if', 'then', 'else', 'oneOf', 'maxContains', 'unevaluatedProperties', 'unevaluatedItems'];
/** Their meaning depends on `patternProperties`. */
const CLOSING: ReadonlySet<string> = new Set(['additionalProperties', 'unevaluatedProperties']);
const NAMED_SCHEMAS: ReadonlySet<string> = new Set(['properties', '$defs', 'definitions', 'dependentSchemas']);
const DATA: ReadonlySet<string> = new Set(['const', 'enum', 'default', 'examples']);

type InputSchema = ToolDefinition['input'];

export function argumentSchema(schema: Members): InputSchema {
  let validator: Validator | undefined;
  const checked = expandedSize(schema) <= MAX_EXPANDED ? checkableSchema(schema) : undefined;
  return {
    '~standard': {
      version: 1,
      vendor: 'json-schema',
      validate(value) {
        if (checked === undefined) return { value };
        try {
          validator ??= new Validator(checked as Schema, dialectOf(schema), false);
          const check = validator;
          const { valid, errors } = withBoundedWork(() => check.validate(value));
          if (valid) return { value };
          const leaves = errors.filter(({ keyword }) => !['properties', 'items', '$ref', 'allOf'].includes(keyword));
          return {
            issues: leaves.slice(0, MAX_ISSUES).map(({ instanceLocation, error }) => ({
              path: instanceLocation.split('/').slice(1),
              message: error,
            })),
          };
        } catch {
          // What cannot be read here, or would take long, is checked by the upstream alone.
          return { value };
        }
      },
    },
  };
}

function dialectOf({ $schema }: Members): SchemaDraft {
  if (typeof $schema !== 'string') return '2020-12';
  if ($schema.includes('draft-07') || $schema.includes('draft-06')) return '7';
  if ($schema.includes('draft-04')) return '4';
  return $schema.includes('2019-09') ? '2019-09' : '2020-12';
}

function checkableSchema(root: Members): unknown {
  const lengths = expandedSize(root, (part) => ('minLength' in part || 'maxLength' in part ? 1 : 0));
  const leftOut = lengths <= MAX_LENGTHS ? LEFT_OUT : new Set([...LEFT_OUT, 'minLength', 'maxLength']);
  let isWeaker = false;
  const copy = checkable(root, leftOut, () => {
    isWeaker = true;
  });
  return isWeaker ? checkable(root, new Set([...leftOut, ...INVERTING])) : copy;
}

function checkable(schema: unknown, leftOut: ReadonlySet<string>, onWeaker: () => void = () => {}): unknown {
  if (Array.isArray(schema)) return schema.map((each) => checkable(each, leftOut, onWeaker));
  if (!isMembers(schema)) return schema;
  const open = 'patternProperties' in schema;
  const copy = Object.fromEntries(
    Object.entries(schema).flatMap(([keyword, value]): [string, unknown][] => {
      if (leftOut.has(keyword) || (open && CLOSING.has(keyword))) {
        if (!NAMING.has(keyword)) onWeaker();
        return [];
      }
      if (DATA.has(keyword)) return [[keyword, value]];
      if (NAMED_SCHEMAS.has(keyword) && isMembers(value)) {
        return [
          [
            keyword,
            Object.fromEntries(Object.entries(value).map(([name, each]) => [name, checkable(each, leftOut, onWeaker)])),
          ],
        ];
      }
      return [[keyword, checkable(value, leftOut, onWeaker)]];
    }),
  );
  countApplications(copy);
  return copy;
}

/** The parts of the schema with every reference written out, or what `count` says of each; Infinity for one that refers to itself. */
function expandedSize(root: Members, count: (part: object) => number = () => 1): number {
  const sizes = new Map<unknown, number>();
  const open = new Set<unknown>();
  const sizeOf = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return 0;
    const known = sizes.get(value);
    if (known !== undefined) return known;
    if (open.has(value)) return Infinity;
    open.add(value);
    let size = count(value);
    for (const member of Object.values(value)) size += sizeOf(member);
    if (isMembers(value) && ('$dynamicRef' in value || '$recursiveRef' in value)) size = Infinity;
    // One that names nothing counts as endless, so it is not followed.
    if (isMembers(value) && typeof value['$ref'] === 'string')
      size += sizeOf(referredPart(root, value['$ref']) ?? root);
    open.delete(value);
    sizes.set(value, size);
    return size;
  };
  return sizeOf(root);
}
