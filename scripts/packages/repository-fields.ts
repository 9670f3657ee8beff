import { isDeepStrictEqual } from 'node:util';

import type { PublishablePackage } from './publishable-packages.ts';

/** In place of the address until it is known; `check-repository.ts` refuses to publish with it. */
export const REPOSITORY_PLACEHOLDER = 'github.com/OWNER/REPOSITORY';

/** What is wrong with `repository`, `homepage` and `bugs` of a manifest; all three name one repository, and the package's folder. */
export function repositoryProblems({ folder, manifest }: PublishablePackage): string[] {
  const address = /^git\+(?<address>https:\/\/github\.com\/[\w.-]+\/[\w.-]+)\.git$/.exec(manifest.repository?.url ?? '')
    ?.groups?.['address'];
  const expected = {
    homepage: `${address}/tree/main/${folder}#readme`,
    bugs: { url: `${address}/issues` },
    repository: { type: 'git', url: `git+${address}.git`, directory: folder },
  };
  return Object.entries(expected)
    .filter(([field, value]) => !isDeepStrictEqual(manifest[field as keyof typeof expected], value))
    .map(([field, value]) => `${folder}/package.json: ${field} must be ${JSON.stringify(value)}.`);
}
