/**
 * The public keys of the issuer of tokens: one fetch for all callers, kept by the monotonic clock, so that a step of the machine's clock
 * neither ends them nor prolongs them. While the issuer cannot be reached, those that it had last still count for an hour.
 */
import type { createLocalJWKSet, errors as JoseErrors, JSONWebKeySet, JWTVerifyGetKey } from 'jose';

import type { Clock } from '../foundation/clock.ts';
import { createJwksFetch } from './jwks-fetch.ts';

/** The parts of jose, which is loaded with the first token. */
interface Jose {
  readonly createLocalJWKSet: typeof createLocalJWKSet;
  readonly errors: typeof JoseErrors;
}

const FETCH_TIMEOUT_MS = 5_000;
/** Older ones are fetched again, in the background. */
const FRESH_MS = 600_000;
/** Older ones are of no use: a key that the issuer revoked must not count for ever. */
const MAX_AGE_MS = 3_600_000;
/** Between two fetches because of tokens that name an unknown key, which anybody can send. */
const UNKNOWN_KEY_PAUSE_MS = 30_000;

interface KeptKeys {
  readonly find: JWTVerifyGetKey;
  readonly fetchedMs: number;
}

export class IssuerKeys {
  readonly #jose: Jose;
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #fetch: () => Promise<JSONWebKeySet>;
  #kept: KeptKeys | undefined;
  #fetching: Promise<void> | undefined;
  #hasFailed = false;

  constructor(url: URL, clock: Pick<Clock, 'monotonicMs'>, jose: Jose) {
    this.#jose = jose;
    this.#clock = clock;
    const fetchKeys = createJwksFetch(clock);
    this.#fetch = () => fetchKeys(url, FETCH_TIMEOUT_MS);
  }

  /** How long ago the last fetch that succeeded was, and whether one has failed since. */
  get state(): { readonly ageMs: number; readonly hasFailed: boolean } {
    return { ageMs: this.#ageMs, hasFailed: this.#hasFailed };
  }

  get areUsable(): boolean {
    return this.#ageMs < MAX_AGE_MS;
  }

  /** @throws {JOSEError} that says something about the token, or another error where the keys could not be fetched */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (!this.areUsable) await this.#renew();
    else if (this.#ageMs >= FRESH_MS) this.#renew().catch(() => {});
    try {
      return await this.#findKept(header, token);
    } catch (error) {
      if (!(error instanceof this.#jose.errors.JWKSNoMatchingKey) || this.#ageMs < UNKNOWN_KEY_PAUSE_MS) throw error;
      // It may be new; while the issuer cannot be asked, nothing is known about the token.
      await this.#renew();
      return this.#findKept(header, token);
    }
  };

  /** Fetches them where that is due. Never rejects. */
  async refresh(): Promise<void> {
    if (this.#hasFailed || this.#ageMs >= FRESH_MS) await this.#renew().catch(() => {});
  }

  get #ageMs(): number {
    return this.#kept === undefined ? Infinity : this.#clock.monotonicMs() - this.#kept.fetchedMs;
  }

  async #findKept(...of: Parameters<JWTVerifyGetKey>): Promise<Awaited<ReturnType<JWTVerifyGetKey>>> {
    if (this.#kept === undefined) throw new Error('There are no keys yet.');
    return this.#kept.find(...of);
  }

  #renew(): Promise<void> {
    this.#fetching ??= this.#fetchOnce().finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetchOnce(): Promise<void> {
    try {
      const find = this.#jose.createLocalJWKSet(await this.#fetch());
      this.#kept = { find, fetchedMs: this.#clock.monotonicMs() };
      this.#hasFailed = false;
    } catch (error) {
      this.#hasFailed = true;
      throw error;
    }
  }
}
