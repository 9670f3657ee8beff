import { createHash } from 'node:crypto';
import type { ConfigDefinition } from '../fields/definition.ts';
import { secretFileVariables } from './environment.ts';
import type { Environment } from './environment.ts';
import { FileProblem, readTextFile } from './read-file.ts';
import type { FileText } from './read-file.ts';
import type { TextSource } from './text-source.ts';

/** Everything a load reads from outside, taken at one moment. */
export interface RawInputs {
  readonly source: FileText | FileProblem | undefined;
  /** By file name, what `*_FILE` variables point to. */
  readonly secretFiles: ReadonlyMap<string, FileText | FileProblem>;
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
  const secretFiles = new Map<string, FileText | FileProblem>();
  for (const file of secretFileVariables(definition, env).values()) {
    secretFiles.set(file, await textOrProblem(() => readTextFile(file, MAX_SECRET_BYTES)));
  }
  return rawInputsOf(source === undefined ? undefined : await textOrProblem(() => source.read()), secretFiles);
}

export function rawInputsOf(source: RawInputs['source'], secretFiles: RawInputs['secretFiles']): RawInputs {
  const hash = createHash('sha256');
  for (const [name, text] of [['', source] as const, ...secretFiles]) {
    const content = text instanceof FileProblem ? ['problem', text.rule] : ['text', text?.text ?? ''];
    hash.update(JSON.stringify([name, ...content]));
  }
  return { source, secretFiles, fingerprint: hash.digest('base64') };
}

async function textOrProblem(read: () => Promise<FileText>): Promise<FileText | FileProblem> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof FileProblem) return error;
    throw error;
  }
}
