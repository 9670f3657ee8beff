import { loadOrCreateSecret, SecretFileError, type SecretFileOptions } from './secret-file.ts';

export interface GeneratedKey {
  readonly key: string;
  /** Absolute path of the key file. */
  readonly file: string;
  /** True on the start that created it, which is the only one that prints it. */
  readonly created: boolean;
}

/** The key file cannot be used. The message is for the operator: it names the file and the fix. */
export class GeneratedKeyError extends Error {
  override readonly name = 'GeneratedKeyError';
}

/**
 * The key used when none is configured: the secret in the file `api-key`.
 *
 * @throws {GeneratedKeyError} when the file cannot be created, is readable by others, or contains no key
 */
export function loadOrCreateGeneratedKey(options: SecretFileOptions = {}): GeneratedKey {
  try {
    const { secret, file, created } = loadOrCreateSecret('api-key', 'mcp_', options);
    return { key: secret, file, created };
  } catch (error) {
    if (!(error instanceof SecretFileError)) throw error;
    throw new GeneratedKeyError(messageFor(error), { cause: error.cause });
  }
}

function messageFor({ problem, file, cause }: SecretFileError): string {
  switch (problem) {
    case 'exposed':
      return `The key file ${file} must be a regular file that belongs to this user and is not readable by others: run chmod 600, or delete the file to get a new key.`;
    case 'invalid':
      return `The key file ${file} contains no key of this server: delete the file to get a new key.`;
    case 'unavailable': {
      const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
      return `No API key is configured, and none could be stored in ${file} (${code}). Make that folder writable, or set MCP_SECURITY_API_KEY.`;
    }
  }
}
