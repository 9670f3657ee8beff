/**
 * Wrong credentials, counted by the address they come from. Only failures count and only failures are refused: a valid
 * credential is accepted at any time, so whoever shares an address with an attacker (a proxy, a NAT) is never locked out.
 * What keeps a key from being guessed is its length; this keeps the guessing slow, cheap for us, and seen.
 */
import { isIPv6 } from 'node:net';

import type { Clock } from '../clock.ts';
import { reject, type Rejection } from '../problem-details.ts';
import { MemoryRateLimiter } from '../rate-limit/memory-rate-limiter.ts';

export interface AuthFailureLimiterOptions {
  /** Failures of one address that are answered 401 at once, and again in each minute. @default 10 */
  readonly perMinute?: number;
  /** Addresses kept; past it a newcomer shares the count of the one that was quiet for longest. @default 10000 */
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

  /** Since the start. */
  get failures(): number {
    return this.#failures;
  }

  /** Those of them that were answered 429. */
  get throttled(): number {
    return this.#throttled;
  }

  /**
   * Counts a wrong credential.
   *
   * @returns what to answer instead of 401 when the address sent too many
   */
  record(address: string | undefined): Rejection | undefined {
    this.#failures += 1;
    const verdict = this.#buckets.take({ caller: networkOf(address ?? ''), tool: '' });
    if (verdict.allowed) return undefined;
    this.#throttled += 1;
    const { retryAfterMs } = verdict;
    const allowed = `${this.#perMinute} in a minute are answered with what is wrong with them`;
    return reject(
      429,
      'too_many_auth_failures',
      `Too many wrong credentials came from this address; ${allowed}.`,
      {
        suggestion: `Send a credential that is valid here, which is accepted at any time, or wait ${Math.ceil(retryAfterMs / 1000)} s.`,
        retryAfterMs,
      },
      { connection: 'close' },
    );
  }
}

/** One IPv6 host has a whole /64 to call from; an IPv4 address in IPv6 clothes is still one address. */
function networkOf(address: string): string {
  const [bare = ''] = address.split('%');
  const v4 = /^::ffff:(?<v4>\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.groups?.['v4'];
  if (v4 !== undefined || !isIPv6(bare)) return v4 ?? bare;
  const [head = '', tail] = bare.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: zeros }, () => '0'), ...right];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
