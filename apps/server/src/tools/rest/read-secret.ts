import { readFile } from 'node:fs/promises';

import type { SecretSource } from '../../configuration/shape/http-declaration.ts';
import { errorCode } from '../../foundation/error-code.ts';

/** A secret that cannot be read; `path` leads to the key that names it, inside its source. */
export interface SecretProblem {
  readonly path: readonly string[];
  readonly message: string;
}

const MAX_SECRET_BYTES = 64 * 1024;

/**
 * The line end of a file is no part of it.
 * @param isKey whether it is a private key in PEM, which has several lines
 */
export async function readSecret(
  { file, variable }: SecretSource,
  env: Readonly<Record<string, string | undefined>>,
  isKey = false,
): Promise<string | SecretProblem> {
  if (file === undefined) {
    const path = ['variable'];
    const value = env[variable ?? ''];
    if (value === undefined) return { path, message: `names ${variable}, which is not set` };
    return checked(value.trim(), path, isKey);
  }
  const path = ['file'];
  try {
    const bytes = await readFile(file);
    if (bytes.length > MAX_SECRET_BYTES) return { path, message: 'names a file that is too large for a secret' };
    return checked(bytes.toString('utf8').trim(), path, isKey);
  } catch (error) {
    return { path, message: `names a file that cannot be read (${errorCode(error)})` };
  }
}

/** What can be sent as a header, unless it is a key. */
function checked(secret: string, path: readonly string[], isKey: boolean): string | SecretProblem {
  if (secret === '') return { path, message: 'names an empty secret' };
  if (isKey) return secret;
  return /^[\x20-\x7e]+$/.test(secret) ? secret : { path, message: 'names a secret that is not one line of ASCII' };
}
