import { createHash } from 'node:crypto';
import type { ConfigDefinition } from '../fields/definition.ts';
import { FileReadError } from './file-read-error.ts';
import type { PermissionCheck } from './file-permissions.ts';
import type { FileText } from './read-file.ts';
import { readSecretFiles } from './secret-files.ts';
import type { Environment, SecretFiles } from './secret-files.ts';
import { folderOf } from './text-source.ts';
import type { TextSource } from './text-source.ts';

/** Everything that a load reads from files, at one moment. */
export interface RawInputs {
  readonly source: FileText | FileReadError | undefined;
  readonly secretFiles: SecretFiles;
  /** A hash of all of it: equal fingerprints mean nothing has changed, whatever the modification times say. */
  readonly fingerprint: string;
}

export async function readRawInputs<T>(
  definition: ConfigDefinition<T>,
  source: TextSource | undefined,
  env: Environment,
  permissions?: PermissionCheck,
): Promise<RawInputs> {
  const secretFiles = await readSecretFiles(definition, env, folderOf(source), permissions);
  return rawInputsOf(source === undefined ? undefined : await textOrError(source), secretFiles);
}

export function rawInputsOf(source: RawInputs['source'], secretFiles: SecretFiles): RawInputs {
  const hash = createHash('sha256');
  for (const [name, text] of [['', source] as const, ...secretFiles]) {
    const content = text instanceof FileReadError ? ['problem', text.rule] : ['text', text?.text ?? ''];
    hash.update(JSON.stringify([name, ...content]));
  }
  return { source, secretFiles, fingerprint: hash.digest('base64') };
}

async function textOrError(source: TextSource): Promise<FileText | FileReadError> {
  try {
    return await source.read();
  } catch (error) {
    if (error instanceof FileReadError) return error;
    throw error;
  }
}
