import { assemble } from './assemble.ts';
import type { Assignments } from './assemble.ts';
import type { ConfigDefinition } from './definition.ts';
import { environmentLayer } from './environment.ts';
import type { Environment } from './environment.ts';
import { flagsLayer, textLayer, valuesLayer } from './layers.ts';
import type { Assignment, FlagValue, Layer } from './layers.ts';
import type { Origin } from './origin.ts';
import type { Notice, Problem } from './problems.ts';
import { FileProblem, readTextFile } from './read-file.ts';
import { plainSource, problemsOf } from './source.ts';
import type { Issue } from './source.ts';
import type { TextSource } from './text-source.ts';

/** Everything a configuration is made of, from the weakest layer to the strongest. */
export interface LayerInputs {
  /** Plain values just above the defaults, for tests and embedding. */
  readonly values?: object | undefined;
  readonly source?: TextSource | undefined;
  /** Changes made through `update()`. */
  readonly updates?: object | undefined;
  readonly env?: Environment | undefined;
  readonly flags?: readonly FlagValue[] | undefined;
}

export interface Loaded<T> {
  readonly ok: true;
  readonly values: T;
  readonly assignments: Assignments;
  /** For each leaf the origins of the values that a stronger layer replaced, weakest first. */
  readonly overridden: ReadonlyMap<string, readonly Origin[]>;
  /** What the file and `update()` set: the part that `save()` writes. */
  readonly saved: readonly Assignment[];
  readonly notices: readonly Notice[];
  readonly secretFiles: readonly string[];
}

export type LoadResult<T> = Loaded<T> | { readonly ok: false; readonly problems: readonly Problem[] };

/** A secret read from a file is one line; anything longer is a mistake. */
const MAX_SECRET_BYTES = 64 * 1024;

/** Reads all layers, reports every problem in all of them, and puts the values together. */
export async function loadLayers<T>(definition: ConfigDefinition<T>, inputs: LayerInputs): Promise<LoadResult<T>> {
  const environment = await environmentLayer(definition, inputs.env ?? {}, async (file) => {
    const { text } = await readTextFile(file, MAX_SECRET_BYTES).catch((error: unknown) => {
      throw new Error(`${file}: ${error instanceof Error ? error.message : 'it cannot be read'}`);
    });
    return text;
  });
  const file = await sourceLayer(definition, inputs.source);
  const updates = valuesLayer(definition, 'update()', inputs.updates ?? {});
  const layers: readonly Layer[] = [
    valuesLayer(definition, 'values', inputs.values ?? {}),
    file,
    updates,
    environment,
    flagsLayer(definition, inputs.flags ?? []),
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
  const { values, issues } = assemble(definition, assignments, invalid);
  const all: readonly Issue[] = [...layers.flatMap((layer) => layer.issues), ...issues];
  if (all.length > 0) return { ok: false, problems: inReadingOrder(problemsOf(all)) };
  const notices = [
    ...layers.flatMap((layer) => layer.notices),
    ...definition.notices(values).map((message) => ({ message })),
  ];
  return {
    ok: true,
    values,
    assignments,
    overridden,
    saved: [...file.assignments, ...updates.assignments],
    notices,
    secretFiles: environment.secretFiles,
  };
}

async function sourceLayer<T>(definition: ConfigDefinition<T>, source: TextSource | undefined): Promise<Layer> {
  if (source === undefined) return { assignments: [], issues: [], notices: [], invalid: [] };
  try {
    const { text, notices } = await source.read();
    const layer = textLayer(definition, source.name, text);
    const origin: Origin = { source: 'file', file: source.name, line: 1, column: 1 };
    return { ...layer, notices: [...notices.map((notice) => ({ origin, ...notice })), ...layer.notices] };
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    const place = plainSource({ source: 'file', file: source.name, line: 1, column: 1 });
    const { rule, message, suggestion } = error;
    const told = suggestion === undefined ? {} : { suggestion };
    const issue: Issue = {
      rule,
      path: [],
      message: `the configuration file cannot be used: ${message}`,
      source: place,
      ...told,
    };
    return { assignments: [], issues: [issue], notices: [], invalid: [] };
  }
}

const SOURCE_ORDER: readonly Origin['source'][] = ['file', 'memory', 'environment', 'flag', 'default'];

/** File problems by line and column, then the rest in the order of the layers. */
function inReadingOrder(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => {
    const bySource = SOURCE_ORDER.indexOf(a.origin.source) - SOURCE_ORDER.indexOf(b.origin.source);
    if (bySource !== 0 || a.origin.source !== 'file' || b.origin.source !== 'file') return bySource;
    return a.origin.line - b.origin.line || a.origin.column - b.origin.column;
  });
}
