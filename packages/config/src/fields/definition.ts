import type { AnyField, GroupProblem } from './field.ts';

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

/** A broken rule between keys of several sections. */
export interface CheckProblem extends GroupProblem {
  /** Other keys that the rule reads; while one of them is invalid itself, this problem is not reported. */
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
  /** Top-level keys of other programs' files, each with the message when the file has it. */
  readonly otherKeys: Readonly<Record<string, string>>;
  readonly check: (values: T) => readonly CheckProblem[];
  readonly notices: (values: T) => readonly string[];
}

export interface DefinitionOptions<T> {
  readonly title: string;
  /** Variables are named PREFIX_SECTION_KEY. */
  readonly envPrefix: string;
  /** Rules between sections; run on the whole of the values. */
  readonly check?: (values: T) => readonly CheckProblem[];
  /** Notices about values that are allowed but that an operator should know of. */
  readonly notices?: (values: T) => readonly string[];
  /** Variables with the prefix that belong to no key, each with the notice when it is set ('' for none). */
  readonly otherVariables?: Readonly<Record<string, string>>;
  /** Top-level keys that only another program's file has, each with the message instead of "unknown key". */
  readonly otherKeys?: Readonly<Record<string, string>>;
}

/** The values a definition describes. */
export type ConfigOf<D> = D extends ConfigDefinition<infer T> ? T : never;
