import type { Problem } from '../describe/problems.ts';
import { ConfigError } from '../describe/problems.ts';
import type { ConfigDefinition } from '../fields/definition.ts';
import { requireOptions } from '../fields/option-checks.ts';
import { isPlainObject, valueAt } from '../fields/plain-object.ts';
import { secretsIn } from '../fields/secret.ts';
import { inReadingOrder, loadLayers } from '../reading/load-layers.ts';
import type { Loaded, PartiallyValid } from '../reading/load-layers.ts';
import { readRawInputs } from '../reading/raw-inputs.ts';
import type { RawInputs } from '../reading/raw-inputs.ts';
import type { TextSource } from '../reading/text-source.ts';
import { sourceOf } from './file-source.ts';
import { deepFreeze } from './frozen.ts';
import type { LoadOptions } from './load-options.ts';
import { validateWithSubscribers, vetoProblems } from './subscribers.ts';

export interface FirstLoad<T> {
  readonly source: TextSource | undefined;
  readonly raw: RawInputs;
  readonly loaded: Loaded<T>;
}

/** The first load of a store. @throws {ConfigError} with every problem of every layer and every veto */
export async function loadConfig<T>(options: LoadOptions<T>): Promise<FirstLoad<T>> {
  requireOptions('ConfigStore.load()', options);
  const { definition, subscribers = [] } = options;
  requireOptions('ConfigStore.load() with definition, which defineConfig() makes,', definition);
  const source = sourceOf(options);
  const raw = await readRawInputs(definition, source, options.env ?? {}, options.permissions);
  const loaded = loadLayers(definition, { ...options, source }, raw);
  if (!loaded.ok) {
    const vetoes = loaded.partial === undefined ? [] : await vetoesOfPartial(options, loaded.partial);
    throw new ConfigError(inReadingOrder([...loaded.problems, ...vetoes]));
  }
  const values = deepFreeze(loaded.values);
  const vetoes = await validateWithSubscribers(subscribers, values, undefined, [], secretsIn(values));
  if (vetoes.length > 0) throw new ConfigError(vetoProblems(definition, loaded, vetoes));
  return { source, raw, loaded };
}

/**
 * The vetoes of the subscribers on a configuration that has other problems, so that all of them are reported at once. Only
 * those about a value that is valid itself count: the others may be about the default that replaces an invalid value.
 */
async function vetoesOfPartial<T>(
  { definition, subscribers = [] }: LoadOptions<T>,
  partial: PartiallyValid<T>,
): Promise<readonly Problem[]> {
  const values = deepFreeze(partial.values);
  const vetoes = await validateWithSubscribers(subscribers, values, undefined, [], secretsIn(values));
  return vetoProblems(
    definition,
    partial,
    vetoes.filter(({ path }) => isValid(definition, partial, path)),
  );
}

function isValid<T>(definition: ConfigDefinition<T>, partial: PartiallyValid<T>, path: readonly string[]): boolean {
  const leaf = definition.leaves.find((candidate) => candidate.path.every((part, index) => part === path[index]));
  if (leaf === undefined || !partial.assignments.has(leaf.key)) return false;
  if (!partial.invalid.has(leaf.key)) return true;
  // The invalid entries of a mapping are left out; those that are in it are valid.
  const entries = leaf.field.kind === 'map' ? valueAt(partial.values, leaf.path) : undefined;
  return isPlainObject(entries) && Object.hasOwn(entries, path[leaf.path.length] ?? '');
}
