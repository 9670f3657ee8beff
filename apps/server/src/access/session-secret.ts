import { randomBytes } from 'node:crypto';

import { loadOrCreateSecret, SecretFileError, type SecretFileProblem } from './secret-file.ts';
import type { UserFolderOptions } from './user-folder.ts';

export interface SessionSecret {
  readonly secret: Uint8Array;
  /** Why the secret is in memory only, so that sessions end with the process; absent for one from a file. */
  readonly problem?: { readonly reason: SecretFileProblem; readonly file: string };
}

/** The secret that seals session ids: in the file `session-secret`, or in memory where that file cannot be used. */
export function loadSessionSecret(options: UserFolderOptions = {}): SessionSecret {
  try {
    const { secret } = loadOrCreateSecret('session-secret', '', options);
    return { secret: Buffer.from(secret, 'base64url') };
  } catch (error) {
    if (!(error instanceof SecretFileError)) throw error;
    return { secret: randomBytes(32), problem: { reason: error.problem, file: error.file } };
  }
}
