import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly private?: boolean;
  readonly files: readonly string[];
  readonly homepage?: string;
  readonly bugs?: { readonly url: string };
  readonly repository?: { readonly type: string; readonly url: string; readonly directory: string };
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

export interface PublishablePackage {
  /** Relative to the root of the repository. */
  readonly folder: string;
  readonly manifest: Manifest;
}

export function publishablePackages(): PublishablePackage[] {
  return globSync('{packages,apps}/*/package.json')
    .sort()
    .map((file) => ({ folder: dirname(file), manifest: JSON.parse(readFileSync(file, 'utf8')) as Manifest }))
    .filter(({ manifest }) => manifest.private !== true);
}

/** The package and those of ours that it needs to run, itself first. */
export function withOurDependencies(
  start: PublishablePackage,
  all: readonly PublishablePackage[],
): PublishablePackage[] {
  const found = new Set([start]);
  for (const { manifest } of found) {
    for (const each of all) if (each.manifest.name in (manifest.dependencies ?? {})) found.add(each);
  }
  return [...found];
}
