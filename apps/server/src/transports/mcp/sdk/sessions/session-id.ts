/**
 * The id of a 2025-era session is a sealed capsule: it carries what is needed to open the session again after a restart, and
 * only a server with the same secret can read or make one. A replica opens the sessions of all others that way.
 *
 *   base64url( nonce (12 bytes) | AES-256-GCM( JSON ) | tag (16 bytes) )
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

import type { ClientCapabilities, Implementation } from '@modelcontextprotocol/server';

import { sealingKeys, type SealingSecrets } from '../../../../access/sealing-secrets.ts';
import { systemClock, type Clock } from '../../../../foundation/clock.ts';

/** What `initialize` said, and who sent it. */
export interface SessionOrigin {
  /** Name of the principal that opened the session. */
  readonly opener: string;
  readonly protocolVersion: string;
  readonly clientInfo: Implementation;
  readonly capabilities: ClientCapabilities;
}

/** As the id carries it. */
export interface IssuedOrigin extends SessionOrigin {
  /** Milliseconds since the Unix epoch. */
  readonly issuedMs: number;
}

/** An id opens a session again for so long; one that is in use lives on in its process. */
export const MAX_SESSION_AGE_MS: number = 24 * 3_600_000;

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Every request carries the id as a header. */
const MAX_ID_LENGTH = 2048;
const MAX_NAME_LENGTH = 100;
/** The capabilities that this server uses, with their parts. */
const CAPABILITY_PARTS = {
  elicitation: ['form', 'url'],
  sampling: ['tools', 'context'],
  roots: ['listChanged'],
} as const;

export class SessionIds {
  readonly #keys: readonly Buffer[];
  readonly #clock: Pick<Clock, 'epochMs'>;

  /** @param secrets at least one */
  constructor(secrets: SealingSecrets, clock: Pick<Clock, 'epochMs'> = systemClock) {
    this.#keys = sealingKeys(secrets, 'mcp-server session id');
    this.#clock = clock;
  }

  seal({ opener, protocolVersion, clientInfo, capabilities }: SessionOrigin): string {
    const capsule: IssuedOrigin = {
      opener,
      protocolVersion: protocolVersion.slice(0, MAX_NAME_LENGTH),
      clientInfo: {
        name: clientInfo.name.slice(0, MAX_NAME_LENGTH),
        version: clientInfo.version.slice(0, MAX_NAME_LENGTH),
      },
      capabilities: usedCapabilities(capabilities),
      issuedMs: this.#clock.epochMs(),
    };
    const [key] = this.#keys;
    if (!key) throw new RangeError('Session ids need a secret.');
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
    const sealed = Buffer.concat([cipher.update(JSON.stringify(capsule), 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url');
  }

  /** @returns undefined for an id that was not made with one of the secrets, was altered, or is too old */
  open(id: string): IssuedOrigin | undefined {
    if (id.length > MAX_ID_LENGTH) return undefined;
    const bytes = Buffer.from(id, 'base64url');
    // Several texts decode to the same bytes; only the one that was issued is an id.
    if (bytes.length <= NONCE_BYTES + TAG_BYTES || bytes.toString('base64url') !== id) return undefined;
    for (const key of this.#keys) {
      const capsule = unseal(bytes, key);
      if (capsule === undefined) continue;
      return this.#clock.epochMs() - capsule.issuedMs < MAX_SESSION_AGE_MS ? capsule : undefined;
    }
    return undefined;
  }
}

function unseal(bytes: Buffer, key: Buffer): IssuedOrigin | undefined {
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const sealed = bytes.subarray(NONCE_BYTES, -TAG_BYTES);
    return JSON.parse(Buffer.concat([decipher.update(sealed), decipher.final()]).toString()) as IssuedOrigin;
  } catch {
    return undefined;
  }
}

/** Bounded in size, whatever the client declared. */
function usedCapabilities(declared: ClientCapabilities): ClientCapabilities {
  const used: Record<string, Record<string, unknown>> = {};
  for (const [name, parts] of Object.entries(CAPABILITY_PARTS)) {
    const given: unknown = declared[name as keyof typeof CAPABILITY_PARTS];
    if (typeof given !== 'object' || given === null) continue;
    used[name] = Object.fromEntries(
      parts
        .map((part): [string, unknown] => [part, (given as Record<string, unknown>)[part]])
        .filter(([, value]) => value !== undefined && value !== false)
        .map(([part, value]) => [part, value === true ? true : {}]),
    );
  }
  return used;
}
