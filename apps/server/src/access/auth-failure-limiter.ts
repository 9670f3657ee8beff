/**
 * Limits authentication failures by client address. A valid credential is accepted at any time, so a client that shares
 * an address with an attacker (behind a proxy or NAT) is never locked out. The length of a key makes guessing it
 * infeasible; this limit keeps guessing slow and visible.
 */
import type { Clock } from '../foundation/clock.ts';
import { reject, type Rejection } from '../foundation/problem-details.ts';
import { MemoryRateLimiter } from '../rate-limit/memory-rate-limiter.ts';
import { networkOf } from './client-network.ts';

export interface AuthFailureLimiterOptions {
  /** Failures of one address that are answered 401, per minute; further ones are answered 429. @default 10 */
  readonly perMinute?: number;
  /** Addresses remembered. Above it, a new address takes over the count of the least recently used one. @default 10000 */
  readonly maxAddresses?: number;
  /** @default systemClock */
  readonly clock?: Pick<Clock, 'monotonicMs'>;
}

export class AuthFailureLimiter {
  readonly #perMinute: number;
  readonly #buckets: MemoryRateLimiter;
  #failures = 0;
  #throttled = 0;

  constructor({ perMinute = 10, maxAddresses = 10_000, clock }: AuthFailureLimiterOptions = {}) {
    this.#perMinute = perMinute;
    const limits = { requests: perMinute, windowMs: 60_000, burst: perMinute };
    this.#buckets = new MemoryRateLimiter({ ...limits, maxKeys: maxAddresses, ...(clock && { clock }) });
  }

  /** Wrong credentials since the start. */
  get failures(): number {
    return this.#failures;
  }

  /** Wrong credentials since the start that were answered 429. */
  get throttled(): number {
    return this.#throttled;
  }

  /**
   * Counts a wrong credential.
   *
   * @returns the rejection to send instead of 401 when the address sent too many
   */
  record(address: string | undefined): Rejection | undefined {
    this.#failures += 1;
    const verdict = this.#buckets.take({ caller: networkOf(address), tool: '' });
    if (verdict.allowed) return undefined;
    this.#throttled += 1;
    const { retryAfterMs } = verdict;
    return reject(
      429,
      'too_many_auth_failures',
      `Too many wrong credentials came from this address; ${this.#perMinute} are allowed per minute.`,
      {
        suggestion: `Send a valid credential, which is accepted at any time, or wait ${Math.ceil(retryAfterMs / 1000)} s.`,
        retryAfterMs,
      },
      { connection: 'close' },
    );
  }
}
