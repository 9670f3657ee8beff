import { hash, timingSafeEqual } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

import { systemClock, type Clock } from '../foundation/clock.ts';
import { SCOPE_FORMS, SCOPES } from '../configuration/fields/scope-names.ts';
import { isScope, type Principal } from './principal.ts';
import { withheldFrom, type ToolScopes } from './tool-scopes.ts';

/** A key of the configuration or of the key store. */
export type ApiKeyEntry = PlainKeyEntry | HashedKeyEntry;

interface KeyEntry {
  /** 1 to 64 letters, digits and `_ . @ -`; unique. */
  readonly name: string;
  /** At least one. */
  readonly scopes: readonly string[];
  /** Has the scope of every tool too. @default false */
  readonly everyToolScope?: boolean;
}

/** One entry of `security.apiKeys`. */
export interface PlainKeyEntry extends KeyEntry {
  /** 1 to 512 printable ASCII characters without spaces; unique. Fewer than 16 could be guessed. */
  readonly key: string;
}

/** One entry of the key store. */
export interface HashedKeyEntry extends KeyEntry {
  /** The SHA-256 digest of the key. */
  readonly digest: Buffer;
  /** Milliseconds since the epoch. @default never */
  readonly expiresAtMs?: number | undefined;
}

/** A shorter key is accepted with a warning. */
const MIN_SAFE_KEY_LENGTH = 16;

// The configuration accepts the same names and keys.
const NAME = /^[A-Za-z0-9_.@-]{1,64}$/;
const KEY = /^[\x21-\x7e]{1,512}$/;

/** The name under which the single key of `security.apiKey` (or the generated one) appears. */
const SINGLE_KEY_NAME = 'default';

/** The entry that stands for `security.apiKey`: one key with every scope. */
export function singleKey(key: string): PlainKeyEntry {
  return { name: SINGLE_KEY_NAME, key, scopes: SCOPES, everyToolScope: true };
}

/** The names of the keys that are short enough to be guessed. */
export function guessableKeys(entries: readonly PlainKeyEntry[]): string[] {
  return entries.filter(({ key }) => key.length < MIN_SAFE_KEY_LENGTH).map(({ name }) => name);
}

const presentedDigest = Buffer.alloc(32);

/** The configured keys, stored as digests only. */
export class ApiKeys {
  readonly #entries: readonly KnownKey[];
  readonly #clock: Pick<Clock, 'epochMs'>;

  /**
   * @param before the keys so far; a key whose name, value, scopes and withheld tools are unchanged keeps its principal object
   * @throws {Error} that names the entry (never the key) when a name, key or scope is invalid, or a name or key is a duplicate
   */
  constructor(
    entries: readonly ApiKeyEntry[],
    before?: ApiKeys,
    clock: Pick<Clock, 'epochMs'> = systemClock,
    toolScopes?: ToolScopes,
  ) {
    this.#clock = clock;
    const names = new Set<string>();
    const digests = new Set<string>();
    this.#entries = entries.map((entry) => {
      const label = JSON.stringify(entry.name);
      checkEntry(entry, label);
      const digest = 'digest' in entry ? entry.digest : sha256(entry.key);
      if (names.has(entry.name))
        throw new Error(
          `API key ${label}: duplicate name (security.apiKey is called "${SINGLE_KEY_NAME}"); give each key a name of its own.`,
        );
      if (digests.has(digest.toString('hex'))) {
        throw new Error(`API key ${label}: duplicate key; give each caller a key of its own.`);
      }
      names.add(entry.name);
      digests.add(digest.toString('hex'));
      const principal: Principal = {
        name: entry.name,
        scopes: [...entry.scopes],
        keyName: entry.name,
        withheld: entry.everyToolScope === true ? undefined : withheldFrom(entry.scopes, toolScopes),
      };
      return {
        digest,
        expiresAtMs: 'digest' in entry ? entry.expiresAtMs : undefined,
        principal: (before === undefined ? undefined : before.#same(principal, digest)) ?? principal,
      };
    });
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Compares with every key, in a time that depends neither on which key matches nor on how much of it matches. */
  find(presented: string): Principal | undefined {
    const found = this.#find(presented);
    return found === undefined || this.#isExpired(found) ? undefined : found.principal;
  }

  /** @returns the name of the key, if it is one of these and has expired */
  findExpired(presented: string): string | undefined {
    const found = this.#find(presented);
    return found !== undefined && this.#isExpired(found) ? found.principal.name : undefined;
  }

  /** Whether this principal belongs to one of these keys, and the key has not expired. */
  has(principal: Principal): boolean {
    return this.#entries.some((entry) => entry.principal === principal && !this.#isExpired(entry));
  }

  /** When the key of this principal expires, in milliseconds since the epoch; undefined when it does not. */
  expiresAtMs(principal: Principal): number | undefined {
    return this.#entries.find((entry) => entry.principal === principal)?.expiresAtMs;
  }

  #find(presented: string): KnownKey | undefined {
    // Written into one shared buffer: allocating a buffer for each request costs more than the hash.
    presentedDigest.write(hash('sha256', presented, 'binary'), 'latin1');
    let found: KnownKey | undefined;
    for (const entry of this.#entries) {
      if (timingSafeEqual(entry.digest, presentedDigest)) found = entry;
    }
    return found;
  }

  #isExpired({ expiresAtMs }: KnownKey): boolean {
    return expiresAtMs !== undefined && expiresAtMs <= this.#clock.epochMs();
  }

  #same(wanted: Principal, digest: Buffer): Principal | undefined {
    const { principal } = this.#entries.find((entry) => entry.digest.equals(digest)) ?? {};
    return isDeepStrictEqual(principal, wanted) ? principal : undefined;
  }
}

interface KnownKey {
  readonly digest: Buffer;
  readonly principal: Principal;
  readonly expiresAtMs: number | undefined;
}

function checkEntry(entry: ApiKeyEntry, label: string): void {
  if (!NAME.test(entry.name)) {
    throw new Error(`API key ${label}: the name must be 1 to 64 letters, digits, "_", ".", "@" and "-".`);
  }
  if ('key' in entry && !KEY.test(entry.key)) {
    throw new Error(
      `API key ${label}: the key must be 1 to 512 printable ASCII characters without spaces; generate one with "openssl rand -base64 32".`,
    );
  }
  if (entry.scopes.length === 0) throw new Error(`API key ${label}: give it at least one scope.`);
  const unknown = entry.scopes.find((scope) => !isScope(scope));
  if (unknown !== undefined) {
    throw new Error(`API key ${label}: ${JSON.stringify(unknown)} is not a scope; allowed are ${SCOPE_FORMS}.`);
  }
}

function sha256(text: string): Buffer {
  return hash('sha256', text, 'buffer');
}
