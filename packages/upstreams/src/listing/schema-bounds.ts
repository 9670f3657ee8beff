/** What a schema from elsewhere must keep to before it is read, published or checked against. */
import { isMembers, type Members } from '../connection/take-apart.ts';

const MAX_SCHEMA_BYTES = 262_144;
const MAX_SCHEMA_DEPTH = 32;
const MAX_SUBSCHEMAS = 2000;

/** Why a schema cannot be offered, or undefined. */
export function schemaProblem(schema: Members): string | undefined {
  const { depth, objects, foreign } = measure(schema);
  if (depth > MAX_SCHEMA_DEPTH) return `is nested deeper than ${MAX_SCHEMA_DEPTH} levels`;
  if (Buffer.byteLength(JSON.stringify(schema)) > MAX_SCHEMA_BYTES) return `is larger than ${MAX_SCHEMA_BYTES} bytes`;
  if (objects > MAX_SUBSCHEMAS) return `has more than ${MAX_SUBSCHEMAS} parts`;
  if (foreign) return 'refers to another document ($ref); only references within it are followed';
  return undefined;
}

/** Keywords whose members are schemas by name: the object between is no level of its own. */
const NAMED: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
]);

interface Part {
  readonly value: object;
  readonly level: number;
  readonly isNamed: boolean;
}

/** With a stack of its own, since the depth is what is in doubt. Levels count schemas within schemas, and lists within lists. */
function measure(root: object): { depth: number; objects: number; foreign: boolean } {
  let depth = 0;
  let objects = 0;
  let foreign = false;
  const stack: Part[] = [{ value: root, level: 1, isNamed: false }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { value, level, isNamed } = next;
    depth = Math.max(depth, level);
    if (depth > MAX_SCHEMA_DEPTH) break;
    const isObject = isMembers(value);
    if (isObject) {
      objects += 1;
      foreign ||= !isNamed && ['$ref', '$dynamicRef'].some((keyword) => isForeign(value[keyword]));
    }
    for (const [keyword, member] of Object.entries(value) as [string, unknown][]) {
      if (typeof member !== 'object' || member === null) continue;
      const isMap = isObject && !isNamed && NAMED.has(keyword) && isMembers(member);
      const isList = isObject && Array.isArray(member);
      stack.push({ value: member, level: isMap || isList ? level : level + 1, isNamed: isMap });
    }
  }
  return { depth, objects, foreign };
}

function isForeign(reference: unknown): boolean {
  return typeof reference === 'string' && !reference.startsWith('#');
}
