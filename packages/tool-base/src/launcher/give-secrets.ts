import type { ProgramSpec } from './program.ts';

/**
 * Puts the secrets of a run where its program finds them: into its environment, or into files of its private folder.
 * @param writeFile writes a file into the private folder and returns its path
 * @returns the run without secrets
 */
export function giveSecrets(
  { secrets = [], ...spec }: ProgramSpec,
  writeFile: (name: string, content: string) => string,
): Omit<ProgramSpec, 'secrets'> {
  if (secrets.length === 0) return spec;
  const variables = secrets.map(({ name, value, as }) => {
    return [name, as === 'environment' ? value : writeFile(name, value)] as const;
  });
  return { ...spec, environment: { ...spec.environment, ...Object.fromEntries(variables) } };
}
