import type { JsonSchema } from '../declare/json-schema.ts';
import type { TargetParameter } from '../declare/tool-definition.ts';
import type { TargetPolicy } from '../target/target-policy.ts';

/** A long list would cost every model tokens for every tool; the refusal of a target shows the whole of it. */
const MAX_LENGTH = 200;

/** The schema with the allowed targets in the descriptions of the target arguments, so that a model knows them beforehand. */
export function withAllowedTargets(
  schema: JsonSchema,
  targets: readonly TargetParameter[],
  policy: TargetPolicy,
): JsonSchema {
  const properties = schema['properties'] as Readonly<Record<string, JsonSchema>> | undefined;
  if (targets.length === 0 || properties === undefined) return schema;
  const { description: allowed } = policy;
  const shown = allowed.length <= MAX_LENGTH ? allowed : `${allowed.slice(0, MAX_LENGTH)}…`;
  const described = targets.flatMap(({ parameter }): [string, JsonSchema][] => {
    const property = Object.hasOwn(properties, parameter) ? properties[parameter] : undefined;
    if (property === undefined) return [];
    const { description } = property;
    const about = typeof description === 'string' ? description : '';
    return [[parameter, { ...property, description: withNote(about, shown) }]];
  });
  return { ...schema, properties: { ...properties, ...Object.fromEntries(described) } };
}

/** In few bytes: it is said once for each tool that has a target. */
function withNote(about: string, allowed: string): string {
  if (about === '') return `Only ${allowed}`;
  return about.endsWith('.') ? `${about} Only ${allowed}` : `${about}, only ${allowed}`;
}
