import type { ConfigDefinition } from '../fields/definition.ts';
import { holdsSecret } from '../fields/field.ts';
import { resolvePath } from '../fields/path-field.ts';
import { pathProblem } from '../fields/text-problem.ts';
import type { PermissionCheck } from './file-permissions.ts';
import { readTextFile } from './read-file.ts';
import { FileReadError } from './file-read-error.ts';
import type { FileText } from './read-file.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the `*_FILE` variables of secrets point to, by variable. */
export type SecretFiles = ReadonlyMap<string, FileText | FileReadError>;

/** A secret read from a file is one line; anything longer is a mistake. */
const MAX_SECRET_BYTES = 64 * 1024;

/** Reads every file that a `*_FILE` variable names; relative paths start at `folder`. */
export async function readSecretFiles<T>(
  definition: ConfigDefinition<T>,
  env: Environment,
  folder: string,
  permissions?: PermissionCheck,
): Promise<SecretFiles> {
  const files = new Map<string, FileText | FileReadError>();
  for (const { variable, field } of definition.leaves) {
    if (!holdsSecret(field)) continue;
    for (const name of [variable, ...field.variables].map(fileVariable)) {
      const path = env[name];
      if (path !== undefined && path !== '') files.set(name, await readSecretFile(path, folder, permissions));
    }
  }
  return files;
}

export function fileVariable(variable: string): string {
  return `${variable}_FILE`;
}

async function readSecretFile(
  path: string,
  folder: string,
  permissions: PermissionCheck | undefined,
): Promise<FileText | FileReadError> {
  const problem = pathProblem(path);
  if (problem !== undefined) {
    return new FileReadError('unreadable', `its path ${problem.message}`, problem.suggestion);
  }
  try {
    return await readTextFile(resolvePath(path, folder), { maxBytes: MAX_SECRET_BYTES, permissions });
  } catch (error) {
    if (error instanceof FileReadError) return error;
    throw error;
  }
}
