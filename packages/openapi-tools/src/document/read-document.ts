import { createHash } from 'node:crypto';

import { load } from 'js-yaml';

import { DocumentError } from './document-error.ts';

export const MAX_DOCUMENT_BYTES: number = 10 * 1024 * 1024;
const MAX_DEPTH = 100;
/** Aliases of aliases multiply what they stand for. */
const MAX_ALIASES = 20;

/**
 * An OpenAPI document as JSON or YAML.
 * @throws {DocumentError} for text over 10 MiB, for text that is neither, and for YAML nested or repeated without end
 */
export function readDocument(bytes: Uint8Array): unknown {
  if (bytes.length > MAX_DOCUMENT_BYTES) {
    throw new DocumentError(
      `The document is larger than ${MAX_DOCUMENT_BYTES} bytes. Split it, or remove what is not needed.`,
    );
  }
  const text = new TextDecoder().decode(bytes);
  if (text.trimStart().startsWith('{')) {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      // Flow style YAML begins with a brace too.
    }
  }
  try {
    return load(text, { maxDepth: MAX_DEPTH, maxAliases: MAX_ALIASES, maxTotalMergeKeys: MAX_ALIASES });
  } catch (error) {
    const [reason = ''] = error instanceof Error ? error.message.split('\n', 1) : [];
    throw new DocumentError(`The document is neither JSON nor YAML that can be read: ${reason.slice(0, 200)}.`);
  }
}

/** In hexadecimal, as `sha256sum` prints it. */
export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
