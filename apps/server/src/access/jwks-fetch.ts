import type { JSONWebKeySet } from 'jose';

import type { Clock } from '../foundation/clock.ts';

/** Key sets have a few kilobytes. Anyone can make this server fetch one by sending a token, so its size is limited. */
const MAX_JWKS_BYTES = 512 * 1024;
/** After a failed fetch, further tokens are rejected without another fetch for this long. */
const FAILURE_PAUSE_MS = 5_000;

/** The fetch function for the keys of an issuer: limits the time and the size of the response, and pauses after a failure. */
export function createJwksFetch(
  clock: Pick<Clock, 'monotonicMs'>,
): (url: URL, timeoutMs: number) => Promise<JSONWebKeySet> {
  let retryAtMs = Number.NEGATIVE_INFINITY;
  return async (url, timeoutMs) => {
    if (clock.monotonicMs() < retryAtMs) throw new Error('The last fetch of the keys failed a moment ago.');
    try {
      const response = await fetch(url, {
        redirect: 'manual',
        headers: { accept: 'application/json, application/jwk-set+json' },
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (response.status !== 200) throw new Error(`The issuer answered with status ${response.status}.`);
      const keys: unknown = JSON.parse(await readLimited(response));
      if (!isKeySet(keys)) throw new Error('The issuer answered with JSON that is no key set.');
      return keys;
    } catch (error) {
      retryAtMs = clock.monotonicMs() + FAILURE_PAUSE_MS;
      throw error;
    }
  };
}

function isKeySet(value: unknown): value is JSONWebKeySet {
  if (typeof value !== 'object' || value === null || !('keys' in value) || !Array.isArray(value.keys)) return false;
  return value.keys.every((key: unknown) => typeof key === 'object' && key !== null && !Array.isArray(key));
}

async function readLimited(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels the body.
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_JWKS_BYTES) throw new Error(`The key set is larger than ${MAX_JWKS_BYTES} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
