import { assemble } from './assemble.ts';
import type { Assignments } from './assemble.ts';
import type { ConfigDefinition } from '../fields/definition.ts';
import { environmentLayer } from './environment.ts';
import type { Environment } from './secret-files.ts';
import { flagsLayer, textLayer, valuesLayer } from './layers.ts';
import type { Assignment, FlagValue, Layer } from './layers.ts';
import type { Origin } from '../describe/origin.ts';
import type { Notice, Problem } from '../describe/problems.ts';
import { FileReadError } from './file-read-error.ts';
import { plainSource, problemsOf } from './source.ts';
import type { Issue } from './source.ts';
import { folderOf } from './text-source.ts';
import type { TextSource } from './text-source.ts';
import type { RawInputs } from './raw-inputs.ts';

/** Everything a configuration is made of, from the weakest layer to the strongest. */
export interface LayerInputs {
  /** Plain values just above the defaults, for tests and embedding. */
  readonly values?: object | undefined;
  readonly source?: TextSource | undefined;
  /** Changes made through `update()`. */
  readonly updates?: readonly object[] | undefined;
  readonly env?: Environment | undefined;
  readonly flags?: readonly FlagValue[] | undefined;
}

export interface Loaded<T> {
  readonly ok: true;
  readonly values: T;
  /** Where relative paths start. */
  readonly folder: string;
  readonly assignments: Assignments;
  /** For each leaf the origins of the values that a stronger layer replaced, weakest first. */
  readonly overridden: ReadonlyMap<string, readonly Origin[]>;
  /** What the file and `update()` set: the part that `save()` writes. */
  readonly saved: readonly Assignment[];
  readonly notices: readonly Notice[];
}

export interface LoadFailed<T> {
  readonly ok: false;
  readonly problems: readonly Problem[];
  /** The values with defaults in place of invalid ones, for further checks; undefined while a required key is missing. */
  readonly partial: PartiallyValid<T> | undefined;
}

export interface PartiallyValid<T> {
  readonly values: T;
  readonly assignments: Assignments;
  /** The keys of leaves with a problem. */
  readonly invalid: ReadonlySet<string>;
}

export type LoadResult<T> = Loaded<T> | LoadFailed<T>;

/** Reads all layers, collects every problem of all of them, and combines the values. */
export function loadLayers<T>(definition: ConfigDefinition<T>, inputs: LayerInputs, raw: RawInputs): LoadResult<T> {
  const folder = folderOf(inputs.source);
  const file = sourceLayer(definition, inputs.source, raw.source, folder);
  const updates = (inputs.updates ?? []).map((values) => valuesLayer(definition, 'update()', values, folder));
  const environment = environmentLayer(definition, inputs.env ?? {}, raw.secretFiles, folder);
  const layers: readonly Layer[] = [
    valuesLayer(definition, 'values', inputs.values ?? {}, folder),
    file,
    ...updates,
    environment,
    flagsLayer(definition, inputs.flags ?? [], folder),
  ];
  const assignments = new Map<string, Assignment>();
  const overridden = new Map<string, Origin[]>();
  for (const assignment of layers.flatMap((layer) => layer.assignments)) {
    const { key } = assignment.leaf;
    const weaker = assignments.get(key);
    if (weaker !== undefined) {
      overridden.set(key, [...(overridden.get(key) ?? []), weaker.source.originAt(weaker.node.place)]);
    }
    assignments.set(key, assignment);
  }
  const invalid = new Set(layers.flatMap((layer) => layer.invalid));
  const { values, issues, complete } = assemble(definition, assignments, folder, invalid);
  const all: readonly Issue[] = [...layers.flatMap((layer) => layer.issues), ...issues];
  if (all.length > 0) {
    const partial = complete ? { values, assignments, invalid } : undefined;
    return { ok: false, problems: inReadingOrder(problemsOf(all)), partial };
  }
  const notices = [
    ...layers.flatMap((layer) => layer.notices),
    ...definition.notices(values).map((message) => ({ message })),
  ];
  return {
    ok: true,
    values,
    folder,
    assignments,
    overridden,
    saved: [file, ...updates].flatMap((layer) => layer.assignments),
    notices,
  };
}

function sourceLayer<T>(
  definition: ConfigDefinition<T>,
  source: TextSource | undefined,
  content: RawInputs['source'],
  folder: string,
): Layer {
  if (source === undefined || content === undefined) return { assignments: [], issues: [], notices: [], invalid: [] };
  const origin: Origin = { source: 'file', file: source.name, line: 1, column: 1 };
  if (content instanceof FileReadError) {
    const { rule, suggestion } = content;
    const message = `the configuration file cannot be used: ${content.message}`;
    const issue = {
      rule,
      path: [],
      message,
      source: plainSource(origin),
      ...(suggestion === undefined ? {} : { suggestion }),
    };
    return { assignments: [], issues: [issue], notices: [], invalid: [] };
  }
  const layer = textLayer(definition, source.name, content.text, folder);
  return { ...layer, notices: [...content.notices.map((notice) => ({ origin, ...notice })), ...layer.notices] };
}

const sourceOrder: readonly Origin['source'][] = ['file', 'memory', 'environment', 'flag', 'default'];

/** File problems by line and column, then the rest in the order of the layers. */
export function inReadingOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => {
    const bySource = sourceOrder.indexOf(a.origin.source) - sourceOrder.indexOf(b.origin.source);
    if (bySource !== 0 || a.origin.source !== 'file' || b.origin.source !== 'file') return bySource;
    return a.origin.line - b.origin.line || a.origin.column - b.origin.column;
  });
}
