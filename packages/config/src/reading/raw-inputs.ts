import { createHash } from 'node:crypto';
import type { ConfigDefinition } from '../fields/definition.ts';
import { secretFileVariables } from './environment.ts';
import type { Environment } from './environment.ts';
import { FileReadError, readTextFile } from './read-file.ts';
import type { FileText } from './read-file.ts';
import type { TextSource } from './text-source.ts';

/** Everything that a load reads from files, at one moment. */
export interface RawInputs {
  readonly source: FileText | FileReadError | undefined;
  /** By file name, what `*_FILE` variables point to. */
  readonly secretFiles: ReadonlyMap<string, FileText | FileReadError>;
  /** A hash of all of it: equal fingerprints mean nothing has changed, whatever the modification times say. */
  readonly fingerprint: string;
}

/** A secret read from a file is one line; anything longer is a mistake. */
const MAX_SECRET_BYTES = 64 * 1024;

export async function readRawInputs<T>(
  definition: ConfigDefinition<T>,
  source: TextSource | undefined,
  env: Environment,
): Promise<RawInputs> {
  const secretFiles = new Map<string, FileText | FileReadError>();
  for (const file of secretFileVariables(definition, env).values()) {
    secretFiles.set(file, await textOrProblem(() => readTextFile(file, MAX_SECRET_BYTES)));
  }
  return rawInputsOf(source === undefined ? undefined : await textOrProblem(() => source.read()), secretFiles);
}

export function rawInputsOf(source: RawInputs['source'], secretFiles: RawInputs['secretFiles']): RawInputs {
  const hash = createHash('sha256');
  for (const [name, text] of [['', source] as const, ...secretFiles]) {
    const content = text instanceof FileReadError ? ['problem', text.rule] : ['text', text?.text ?? ''];
    hash.update(JSON.stringify([name, ...content]));
  }
  return { source, secretFiles, fingerprint: hash.digest('base64') };
}

async function textOrProblem(read: () => Promise<FileText>): Promise<FileText | FileReadError> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof FileReadError) return error;
    throw error;
  }
}
