import { ToolError } from '@mcp/tool-base';

import { ApiClient, type ApiClientOptions } from '../egress/api-client.ts';
import { DocumentError } from './document-error.ts';
import type { LoadOptions } from './load-document.ts';
import { MAX_DOCUMENT_BYTES, sha256, tooLarge } from './read-document.ts';

const TIMEOUT_MS = 30_000;
const OK = 200;

export interface FetchDocumentOptions extends Omit<ApiClientOptions, 'baseUrl' | 'credentials'>, LoadOptions {}

/**
 * A document from the network, which must have the digest that the operator knows. No credential is sent, no redirect followed.
 * @throws {DocumentError}
 */
export async function fetchDocument(
  url: string,
  digest: string,
  { maxBytes = MAX_DOCUMENT_BYTES, ...options }: FetchDocumentOptions,
): Promise<Uint8Array> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'https:') throw new DocumentError('The URL of the document is not https.');
  await using client = new ApiClient({ ...options, baseUrl: parsed.origin });
  const request = { method: 'GET', path: parsed.pathname, query: parsed.search.slice(1), headers: {} } as const;
  try {
    const { status, body, cut } = await client.send(request, {
      signal: AbortSignal.timeout(TIMEOUT_MS),
      maxBytes,
    });
    if (status !== OK) throw new DocumentError(`Its server answered with HTTP ${status}.`);
    if (cut) throw tooLarge(maxBytes);
    const actual = sha256(body);
    if (actual !== digest) {
      throw new DocumentError(`The document has the SHA-256 ${actual}. Look at what changed, then set sha256 to it.`);
    }
    return body;
  } catch (error) {
    if (error instanceof DocumentError) throw error;
    throw new DocumentError(error instanceof ToolError ? error.message : 'It did not arrive in 30 s.');
  }
}
