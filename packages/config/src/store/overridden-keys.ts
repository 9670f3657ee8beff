import { originOf } from '../reading/assemble.ts';
import type { Assignments } from '../reading/assemble.ts';
import type { ConfigDefinition } from '../fields/definition.ts';
import { valuesLayer } from '../reading/layers.ts';
import { pathText } from '../describe/problems.ts';
import type { Problem } from '../describe/problems.ts';

/** The keys of an update that a stronger layer sets, so that the update would have no effect. */
export function overriddenKeys<T>(
  definition: ConfigDefinition<T>,
  assignments: Assignments,
  values: object,
): readonly Problem[] {
  return valuesLayer(definition, 'update()', values, process.cwd()).assignments.flatMap(({ leaf }) => {
    const origin = originOf(assignments, leaf.path);
    if (origin.source !== 'environment' && origin.source !== 'flag') return [];
    const setter = origin.source === 'flag' ? origin.flag : origin.variable;
    const message = `${pathText(leaf.path)} is set by ${setter}, which takes precedence over update()`;
    return [{ rule: 'overridden', path: leaf.path, message, origin }];
  });
}
