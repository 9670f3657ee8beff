import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Manifest } from './publishable-packages.ts';

/** How a release raises a package. */
export type Bump = 'major' | 'minor' | 'patch' | 'none';

/**
 * Packages of this repository whose types the built public declarations of a package show. A user of the package has their types
 * in hand, so a major of theirs is one of the package too.
 *
 * @param folder the package, built
 * @throws {Error} when it is not built
 */
export function exposedPackages(folder: string, { dependencies = {} }: Pick<Manifest, 'dependencies'>): string[] {
  const start = join(folder, 'dist/index.d.ts');
  if (!existsSync(start)) throw new Error(`${start} is missing: build first.`);
  const files = new Set([start]);
  const shown = new Set<string>();
  for (const file of files) {
    for (const { groups } of readFileSync(file, 'utf8').matchAll(/(?:from|import\() ?'(?<from>[^']+)'/gu)) {
      const from = groups?.['from'] ?? '';
      if (!from.startsWith('.')) shown.add(from);
      else files.add(join(dirname(file), from.replace(/\.[jt]s$/u, '.d.ts')));
    }
  }
  return Object.keys(dependencies).filter((name) => name.startsWith('@mcp/') && shown.has(name));
}

/** Packages that the pending notes raise by less than a major although they show the types of one that gets a major. */
export function missingMajors(
  bumps: ReadonlyMap<string, Bump>,
  exposes: ReadonlyMap<string, readonly string[]>,
): string[] {
  const raised = withExposing(
    [...bumps].flatMap(([name, bump]) => (bump === 'major' ? [name] : [])),
    exposes,
  );
  return [...raised].filter((name) => bumps.get(name) !== 'major');
}

/** The packages, those whose types show one of them, and so on. */
export function withExposing(
  names: readonly string[],
  exposes: ReadonlyMap<string, readonly string[]>,
): ReadonlySet<string> {
  const found = new Set(names);
  for (const name of found) for (const [other, shown] of exposes) if (shown.includes(name)) found.add(other);
  return found;
}
