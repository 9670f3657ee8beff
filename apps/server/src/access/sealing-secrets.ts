/** The secrets that seal what clients carry from one request to the next: session ids and the state of input rounds. */
import { hkdfSync } from 'node:crypto';

import type { Secret } from '@mcp/config';

import { loadSessionSecret, type SessionSecret } from './session-secret.ts';

/** At least 32 random bytes each. The first seals, every one opens, so that a secret can be replaced without ending anything. */
export type SealingSecrets = readonly Uint8Array[];

/** `cluster.secrets`, which servers behind one load balancer share; without any, the secret that this machine keeps. */
export function loadSealingSecrets(configured: readonly Secret[]): {
  readonly secrets: SealingSecrets;
  readonly problem?: SessionSecret['problem'];
} {
  if (configured.length > 0) return { secrets: configured.map((secret) => Buffer.from(secret.reveal())) };
  const { secret, problem } = loadSessionSecret();
  return { secrets: [secret], ...(problem && { problem }) };
}

/** Derives a key of 32 bytes from each secret. From the key of one purpose that of another cannot be computed. */
export function sealingKeys(secrets: SealingSecrets, purpose: string): Buffer[] {
  return secrets.map((secret) => Buffer.from(hkdfSync('sha256', secret, new Uint8Array(), purpose, 32)));
}
