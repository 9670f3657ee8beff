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

/** Depth first with a stack of its own, since the depth is what is in doubt. Levels count schemas, not every JSON object. */
function measure(root: unknown): { depth: number; objects: number; foreign: boolean } {
  let depth = 0;
  let objects = 0;
  let foreign = false;
  const stack: { readonly value: unknown; readonly level: number }[] = [{ value: root, level: 1 }];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { value, level } = next;
    if (typeof value !== 'object' || value === null) continue;
    // A schema within a schema is two objects away: `properties`, and the name in it.
    depth = Math.max(depth, Math.ceil(level / 2));
    if (depth > MAX_SCHEMA_DEPTH) break;
    if (isMembers(value)) {
      objects += 1;
      for (const keyword of ['$ref', '$dynamicRef']) {
        const reference = value[keyword];
        if (typeof reference === 'string' && !reference.startsWith('#')) foreign = true;
      }
    }
    for (const member of Object.values(value)) stack.push({ value: member, level: level + 1 });
  }
  return { depth, objects, foreign };
}
