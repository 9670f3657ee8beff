import type { FieldsOf, ValuesOf } from './fields/composite-fields.ts';
import type { ConfigDefinition, DefinitionOptions, Leaf } from './fields/definition.ts';
import type { AnyField } from './fields/field.ts';
import { environmentName, isPrototypeKey } from './fields/key-names.ts';
import { requireField, requireOptions, requireString } from './fields/option-checks.ts';
import { defaultOf } from './reading/read-value.ts';

/**
 * Makes a definition of fields.
 * @throws {TypeError} when two keys share an environment variable or a default breaks its own rule.
 */
export function defineConfig<const F extends Readonly<Record<string, AnyField>>>(
  fields: F,
  options: DefinitionOptions<ValuesOf<F>>,
): ConfigDefinition<ValuesOf<F>>;
export function defineConfig<T>(fields: FieldsOf<T>, options: DefinitionOptions<T>): ConfigDefinition<T>;
export function defineConfig<T>(
  fields: Readonly<Record<string, AnyField>>,
  options: DefinitionOptions<T>,
): ConfigDefinition<T> {
  requireOptions('defineConfig()', fields);
  requireOptions('defineConfig()', options);
  requireString('defineConfig()', 'title', options.title);
  requireString('defineConfig()', 'envPrefix', options.envPrefix);
  for (const [name, field] of Object.entries(fields)) requireField('defineConfig()', name, field);
  const leaves = leavesOf(fields, [], undefined, options.envPrefix);
  const owners = new Map<string, string>();
  for (const leaf of leaves) {
    for (const name of [leaf.variable, ...leaf.field.variables]) {
      const owner = owners.get(name);
      if (owner !== undefined) throw new TypeError(`${owner} and ${leaf.key} would share the variable ${name}`);
      owners.set(name, leaf.key);
    }
    if (leaf.field.fallback?.kind === 'value') defaultOf(leaf.field, leaf.path, '/');
  }
  return {
    title: options.title,
    envPrefix: options.envPrefix,
    fields,
    leaves,
    otherVariables: options.otherVariables ?? {},
    otherKeys: options.otherKeys ?? {},
    check: options.check ?? (() => []),
    notices: options.notices ?? (() => []),
  };
}

function leavesOf(
  fields: Readonly<Record<string, AnyField>>,
  path: readonly string[],
  optionalGroup: string | undefined,
  prefix: string,
): Leaf[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    if (isPrototypeKey(name) || !/^[a-z][A-Za-z0-9]*$/.test(name)) {
      throw new TypeError(`${JSON.stringify(name)} cannot be a key: keys are camelCase letters and digits`);
    }
    const own = [...path, name];
    const key = own.join('.');
    if (field.kind === 'group') return leavesOf(field.fields, own, field.optional ? key : optionalGroup, prefix);
    return [{ path: own, key, field, variable: environmentName(prefix, own), optionalGroup }];
  });
}
