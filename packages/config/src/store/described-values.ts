import { originOf } from '../reading/assemble.ts';
import type { ConfigDefinition } from '../fields/definition.ts';
import { redacted } from '../fields/secret.ts';
import type { Reload } from '../fields/field.ts';
import type { Loaded } from '../reading/load-layers.ts';
import { isPlainObject, valueAt } from '../fields/plain-object.ts';
import { originText } from '../describe/origin.ts';
import type { Origin } from '../describe/origin.ts';
import { pathText } from '../describe/problems.ts';

/** One effective value with where it came from. Secrets are redacted. */
export interface DescribedValue {
  /** Path as text: `server.port`, `tools.ping`. */
  readonly key: string;
  readonly value: unknown;
  readonly origin: Origin;
  /** Origins of the values that this one replaced, weakest first. */
  readonly overrides: readonly Origin[];
  readonly variable: string;
  readonly reload: Reload;
  readonly secret: boolean;
}

/** The effective value of every leaf; the entries of a mapping, such as `tools`, one by one. */
export function describeValues<T>(
  definition: ConfigDefinition<T>,
  loaded: Pick<Loaded<T>, 'values' | 'assignments' | 'overridden'>,
): readonly DescribedValue[] {
  return definition.leaves.flatMap((leaf): DescribedValue[] => {
    const value = valueAt(loaded.values, leaf.path);
    const { variable, key, field } = leaf;
    const overrides = loaded.overridden.get(key) ?? [];
    const shared = { overrides, variable, reload: field.reload, secret: field.secret };
    const entries = field.kind === 'map' && isPlainObject(value) ? Object.entries(value) : [];
    if (entries.length > 0) {
      return entries.map(([name, item]) => {
        const path = [...leaf.path, name];
        const origin = originOf(loaded.assignments, path);
        return { key: pathText(path), value: redacted(item), origin, ...shared };
      });
    }
    return [{ key, value: redacted(value), origin: originOf(loaded.assignments, leaf.path), ...shared }];
  });
}

/** One line a value: `server.port = 8080  # config.yaml:3:9`. Values that are unset are left out. */
export function renderDescription(described: readonly DescribedValue[]): string {
  const rows = described
    .filter(({ value }) => value !== undefined)
    .map(({ key, value, origin }) => ({ head: `${key} = ${JSON.stringify(value)}`, origin: originText(origin) }));
  const width = Math.min(60, Math.max(0, ...rows.map(({ head }) => head.length)));
  return rows.map(({ head, origin }) => `${head.padEnd(width)}  # ${origin}`).join('\n');
}
