import type { FieldsOf, ValuesOf } from './composite-fields.ts';
import type { AnyField, GroupProblem } from './field.ts';
import { environmentName, isPrototypeKey } from './key-names.ts';
import { defaultOf } from './read-value.ts';

/** A value that layers set as a whole: anything but a section. */
export interface Leaf {
  readonly path: readonly string[];
  /** The path joined by dots. No key of a definition holds a dot, so it is unique. */
  readonly key: string;
  readonly field: AnyField;
  /** The environment variable derived from the path. */
  readonly variable: string;
  /** The innermost optional section around the leaf: without any of its keys set, the section is undefined. */
  readonly optionalGroup: string | undefined;
}

/** Breaks a rule between keys of several sections. */
export interface CheckProblem extends GroupProblem {
  /** Other keys the rule looked at: while one of them is wrong itself, this problem is not reported. */
  readonly related?: readonly (readonly string[])[];
}

/** Everything known about an application's configuration. Made by {@link defineConfig}. */
export interface ConfigDefinition<T> {
  /** Shown in the generated reference and schema. */
  readonly title: string;
  readonly envPrefix: string;
  readonly fields: Readonly<Record<string, AnyField>>;
  readonly leaves: readonly Leaf[];
  /** Variables with the prefix that belong to something else and are not reported as unknown. */
  readonly otherVariables: Readonly<Record<string, string>>;
  readonly check: (values: T) => readonly CheckProblem[];
  readonly notices: (values: T) => readonly string[];
}

export interface DefinitionOptions<T> {
  readonly title: string;
  /** Variables are named PREFIX_SECTION_KEY. */
  readonly envPrefix: string;
  /** Rules between sections; run on the whole of the values. */
  readonly check?: (values: T) => readonly CheckProblem[];
  /** Remarks on values that are allowed but that an operator should know of. */
  readonly notices?: (values: T) => readonly string[];
  /** Variables with the prefix that are no keys, with what to say when one is set ('' says nothing). */
  readonly otherVariables?: Readonly<Record<string, string>>;
}

/** The values a definition describes. */
export type ConfigOf<D> = D extends ConfigDefinition<infer T> ? T : never;

/**
 * Puts fields together into a definition.
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
  const leaves = leavesOf(fields, [], undefined, options.envPrefix);
  const owners = new Map<string, string>();
  for (const leaf of leaves) {
    for (const name of [leaf.variable, ...leaf.field.variables]) {
      const owner = owners.get(name);
      if (owner !== undefined) throw new TypeError(`${owner} and ${leaf.key} would share the variable ${name}`);
      owners.set(name, leaf.key);
    }
    if (leaf.field.fallback?.kind === 'value') defaultOf(leaf.field, leaf.path);
  }
  return {
    title: options.title,
    envPrefix: options.envPrefix,
    fields,
    leaves,
    otherVariables: options.otherVariables ?? {},
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
