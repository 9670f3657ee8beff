/**
 * Fails while the manifests of the published packages have the placeholder of the repository: npm compares `repository` with the
 * workflow that publishes with provenance. The release workflow runs it before it packs anything.
 */
import { REPOSITORY_PLACEHOLDER, repositoryProblems } from './packages/repository-fields.ts';
import { publishablePackages } from './packages/publishable-packages.ts';

const packages = publishablePackages();
const unknown = packages.filter(({ manifest }) => JSON.stringify(manifest).includes(REPOSITORY_PLACEHOLDER));
const problems = [
  ...packages.flatMap(repositoryProblems),
  ...unknown.map(({ folder }) => `${folder}/package.json: replace ${REPOSITORY_PLACEHOLDER} by the public repository.`),
];
for (const problem of problems) console.error(problem);
process.exitCode = problems.length === 0 ? 0 : 1;
