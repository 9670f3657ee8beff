import type { CheckProblem, ConfigDefinition, Leaf } from '../fields/definition.ts';
import type { AnyField } from '../fields/field.ts';
import type { Assignment } from './layers.ts';
import { placeWithin } from './node.ts';
import { setAt } from '../fields/plain-object.ts';
import type { Place } from './node.ts';
import { defaultOrigin } from '../describe/origin.ts';
import type { Origin } from '../describe/origin.ts';
import { pathText } from '../describe/problems.ts';
import { missing } from './read-keys.ts';
import { defaultOf } from './read-value.ts';
import { plainSource } from './source.ts';
import type { Issue, Source } from './source.ts';

/** The winning assignment of every leaf that some layer sets; the others have their default. */
export type Assignments = ReadonlyMap<string, Assignment>;

export interface Assembled<T> {
  readonly values: T;
  readonly issues: readonly Issue[];
  /** False while a required key has no valid value. */
  readonly complete: boolean;
}

const defaults = plainSource(defaultOrigin);

/**
 * Builds the values from assignments and defaults, then applies the rules between keys. `invalid` are the keys of leaves
 * whose own value is invalid: they get their default here, and no rule that involves them is reported. A relative path in a default
 * starts at `folder`.
 */
export function assemble<T>(
  definition: ConfigDefinition<T>,
  assignments: Assignments,
  folder: string,
  invalid: ReadonlySet<string> = new Set(),
): Assembled<T> {
  const issues: Issue[] = [];
  const values: Record<string, unknown> = {};
  const computed: Leaf[] = [];
  // Rules between keys are written for complete values, so they are skipped while a required key is missing.
  let complete = true;
  const present = presentGroups(definition.leaves, assignments, invalid);
  for (const leaf of definition.leaves) {
    const group = leaf.optionalGroup;
    if (group !== undefined && !present.has(group)) {
      setAt(values, group.split('.'), undefined);
      continue;
    }
    const assignment = assignments.get(leaf.key);
    if (assignment !== undefined) setAt(values, leaf.path, assignment.value);
    else if (leaf.field.fallback?.kind === 'computed') computed.push(leaf);
    else if (leaf.field.fallback !== undefined) setAt(values, leaf.path, defaultOf(leaf.field, leaf.path, folder));
    else {
      setAt(values, leaf.path, undefined);
      if (leaf.field.optional) continue;
      complete = false;
      if (!invalid.has(leaf.key)) {
        issues.push({ path: leaf.path, ...required(leaf), ...locate(definition, assignments, leaf.path) });
      }
    }
  }
  for (const { path, field } of computed) {
    if (field.fallback?.kind === 'computed') setAt(values, path, field.fallback.compute(values as never));
  }
  const wrong = (path: readonly string[]): boolean => {
    for (const key of invalid) if (key === path.slice(0, key.split('.').length).join('.')) return true;
    return false;
  };
  if (complete) {
    const found = [...sectionProblems(definition.fields, values, [], invalid), ...definition.check(values as T)];
    for (const problem of found) {
      if ([problem.path, ...(problem.related ?? [])].some(wrong)) continue;
      const { path, message, suggestion } = problem;
      issues.push({
        rule: 'check',
        path,
        message: `${pathText(path)} ${message}`,
        ...(suggestion === undefined ? {} : { suggestion }),
        ...locate(definition, assignments, path, problem.related),
      });
    }
  }
  return { values: values as T, issues, complete };
}

/** Problems found by the rules of the sections; a section with an invalid key is skipped. */
function sectionProblems(
  fields: Readonly<Record<string, AnyField>>,
  values: Readonly<Record<string, unknown>>,
  path: readonly string[],
  invalid: ReadonlySet<string>,
): CheckProblem[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const value = values[name];
    if (field.kind !== 'group' || value === undefined) return [];
    const own = [...path, name];
    const section = value as Readonly<Record<string, unknown>>;
    const inner = sectionProblems(field.fields, section, own, invalid);
    if ([...invalid].some((key) => `${key}.`.startsWith(`${own.join('.')}.`))) return inner;
    return [
      ...inner,
      ...field.check(value as never).map((problem) => ({ ...problem, path: [...own, ...problem.path] })),
    ];
  });
}

/** A source and a place in it. */
interface SourceLocation {
  readonly source: Source;
  readonly place: Place | undefined;
}

/** Where the value at a path, or the nearest part of it, was written; undefined for a default. */
function writtenAt(assignments: Assignments, path: readonly string[]): SourceLocation | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const assignment = assignments.get(path.slice(0, length).join('.'));
    if (assignment !== undefined) {
      const place = placeWithin(assignment.node, path.slice(length)) ?? assignment.node.place ?? assignment.keyPlace;
      return { source: assignment.source, place };
    }
  }
  return undefined;
}

/** The place to show for a problem at `path`: the first of the paths that was written, else any key of the same section. */
export function locate<T>(
  definition: ConfigDefinition<T>,
  assignments: Assignments,
  path: readonly string[],
  related: readonly (readonly string[])[] = [],
): SourceLocation {
  for (const candidate of [path, ...related]) {
    const location = writtenAt(assignments, candidate);
    if (location !== undefined) return location;
  }
  const section = `${path[0] ?? ''}.`;
  for (const { key } of definition.leaves) {
    const sibling = key.startsWith(section) ? assignments.get(key) : undefined;
    if (sibling !== undefined) return { source: sibling.source, place: sibling.keyPlace ?? sibling.node.place };
  }
  return { source: defaults, place: undefined };
}

/** The origin of the value at a path. */
export function originOf(assignments: Assignments, path: readonly string[]): Origin {
  const location = writtenAt(assignments, path);
  return location === undefined ? defaultOrigin : location.source.originAt(location.place);
}

function required(leaf: Leaf): Pick<Issue, 'rule' | 'message' | 'expected' | 'suggestion'> {
  const { rule, message, expected } = missing(leaf.path, leaf.field);
  const suggestion = `set it to ${leaf.field.expected} in the file, or set ${leaf.variable}`;
  return { rule, message, suggestion, ...(expected === undefined ? {} : { expected }) };
}

function presentGroups(
  leaves: readonly Leaf[],
  assignments: Assignments,
  invalid: ReadonlySet<string>,
): ReadonlySet<string> {
  const present = new Set<string>();
  for (const { key, optionalGroup } of leaves) {
    if (optionalGroup !== undefined && (assignments.has(key) || invalid.has(key))) present.add(optionalGroup);
  }
  return present;
}
