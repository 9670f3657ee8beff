import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { load } from 'js-yaml';

interface LockedDependency {
  readonly version: string;
}

interface Snapshot {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

interface Lock {
  readonly importers: Readonly<
    Record<
      string,
      {
        readonly dependencies?: Readonly<Record<string, LockedDependency>>;
        readonly optionalDependencies?: Readonly<Record<string, LockedDependency>>;
      }
    >
  >;
  readonly snapshots: Readonly<Record<string, Snapshot>>;
  readonly packages: Readonly<Record<string, { readonly peerDependenciesMeta?: Readonly<Record<string, unknown>> }>>;
}

/**
 * What the lock file says is installed with a package of this repository, without the packages of this repository.
 *
 * @param folder such as `apps/server`
 * @returns `name@version`, sorted
 */
export function installedWith(folder: string): string[] {
  const lock = load(readFileSync('pnpm-lock.yaml', 'utf8')) as Lock;
  const folders = new Set([folder]);
  const found = new Set<string>();
  for (const each of folders) {
    const { dependencies = {}, optionalDependencies = {} } = lock.importers[each] ?? {};
    for (const [name, { version }] of Object.entries({ ...dependencies, ...optionalDependencies })) {
      if (version.startsWith('link:')) folders.add(relative('.', join(each, version.slice('link:'.length))));
      else found.add(`${name}@${version}`);
    }
  }
  for (const key of found) {
    const { dependencies = {}, optionalDependencies = {} } = lock.snapshots[key] ?? {};
    // Optional peers are there because this workspace has them; a user does not get them.
    const optionalPeers = lock.packages[withoutPeers(key)]?.peerDependenciesMeta ?? {};
    for (const [name, version] of Object.entries({ ...dependencies, ...optionalDependencies })) {
      if (name in optionalPeers) continue;
      found.add(version.includes('@') && !version.includes('(') ? version : `${name}@${version}`);
    }
  }
  return [...new Set([...found].map(withoutPeers))].sort();
}

/** What a version was resolved with is in parentheses behind it. */
function withoutPeers(key: string): string {
  return key.replace(/\(.*$/u, '');
}
