import { isObject, type JsonObject } from './json-pointer.ts';

type Keys = ReadonlySet<string>;

const NAMED_SCHEMAS: Keys = new Set(['properties', 'patternProperties', 'dependentSchemas']);
const VALUES: Keys = new Set(['enum', 'const', 'default', 'examples', 'required', 'dependentRequired']);
const EXCLUDING: Keys = new Set(['not', 'if', 'then', 'else']);

/**
 * A schema in which any value may stand in place of a definition that is left out: more than one alternative fits such a value, and
 * what is excluded cannot be said.
 */
export function loosened(schema: JsonObject | boolean): JsonObject | boolean {
  if (typeof schema === 'boolean') return schema;
  const { oneOf, anyOf = oneOf, ...rest } = schema;
  const members = Object.entries({ ...rest, ...(anyOf !== undefined && { anyOf }) });
  return Object.fromEntries(
    members.flatMap(([key, member]): [string, unknown][] => {
      if (EXCLUDING.has(key)) return [];
      return [[key, VALUES.has(key) ? member : loosenedMember(member, NAMED_SCHEMAS.has(key))]];
    }),
  );
}

function loosenedMember(member: unknown, isMap: boolean): unknown {
  if (Array.isArray(member)) return member.map((one: unknown) => loosenedMember(one, false));
  if (!isObject(member)) return member;
  if (!isMap) return loosened(member);
  return Object.fromEntries(Object.entries(member).map(([name, schema]) => [name, loosenedMember(schema, false)]));
}
