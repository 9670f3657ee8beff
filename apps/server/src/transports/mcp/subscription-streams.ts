/**
 * The streams of MCP that stay open beyond one response (`GET /mcp` of a 2025 session, `subscriptions/listen` of the 2026
 * revision), under the rules of `/events`: a limit for each caller and for all, a lifetime, an end for readers that do not
 * read, and an end at once when the credential of the caller expires, changes or is revoked.
 */
import type { ActiveCredentials } from '../../access/active-credentials.ts';
import type { Principal } from '../../access/principal.ts';
import { systemClock, type Clock } from '../../foundation/clock.ts';
import { SERVER_ERROR } from '../../foundation/json-rpc-codes.ts';
import { rpcError } from './protocol/rpc-error.ts';
import type { StreamQuota } from './protocol/stream-quota.ts';
import { SubscriptionStream } from './subscription-stream.ts';

export interface SubscriptionStreamsOptions {
  readonly callers: ActiveCredentials;
  readonly quota: StreamQuota;
  /** Milliseconds between two checks of the streams; one that is stalled in both is terminated. @default 15000 */
  readonly checkIntervalMs?: number;
  /** Milliseconds after which a stream is ended; the client opens another. @default 3600000 */
  readonly maxLifetimeMs?: number;
  /** @default systemClock */
  readonly clock?: Clock;
}

const RETRY_AFTER_S = '15';

export class SubscriptionStreams implements Disposable {
  readonly #callers: ActiveCredentials;
  readonly #quota: StreamQuota;
  readonly #checkIntervalMs: number;
  readonly #maxLifetimeMs: number;
  readonly #clock: Clock;
  readonly #open = new Set<SubscriptionStream>();
  readonly #following: Disposable;
  #timer: Disposable | undefined;

  constructor(options: SubscriptionStreamsOptions) {
    this.#callers = options.callers;
    this.#quota = options.quota;
    this.#checkIntervalMs = options.checkIntervalMs ?? 15_000;
    this.#maxLifetimeMs = options.maxLifetimeMs ?? 3_600_000;
    this.#clock = options.clock ?? systemClock;
    this.#following = this.#callers.onChanged(() => this.#endRevoked());
  }

  /** Open streams. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Answers a request for a stream; 429 when its caller has too many open, 503 when all callers together have.
   *
   * @param id of the JSON-RPC request, `null` for a GET
   * @param answer is not called when the request is rejected; its response need not be a stream
   */
  async open(
    principal: Principal,
    id: string | number | null,
    answer: () => Response | Promise<Response>,
  ): Promise<Response> {
    const place = this.#quota.acquire(principal.name);
    if (!place) return this.#tooMany(id);
    const free = (): void => place[Symbol.dispose]();
    try {
      return this.#hold(await answer(), principal, free);
    } catch (error) {
      free();
      throw error;
    }
  }

  /** Ends nothing by itself: streams end with the sessions and subscriptions behind them. Leaves no timer. */
  [Symbol.dispose](): void {
    this.#following[Symbol.dispose]();
    this.#stopChecks();
  }

  #hold(response: Response, principal: Principal, free: () => void): Response {
    if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) {
      free();
      return response;
    }
    const stream = new SubscriptionStream(response.body, principal, () => {
      expiry[Symbol.dispose]();
      free();
      this.#open.delete(stream);
      if (this.#open.size === 0) this.#stopChecks();
    });
    const expiry = this.#clock.setTimer(this.#lifetimeMs(principal), () => stream.terminate());
    this.#open.add(stream);
    if (this.#timer === undefined) this.#scheduleCheck();
    // The credential may have been revoked since the request was authenticated.
    if (!this.#callers.has(principal)) stream.terminate();
    const held = new Response(stream.readable, response);
    // When a server that stops ends the stream, a proxy must not send the next request behind it.
    held.headers.set('connection', 'close');
    return held;
  }

  #lifetimeMs(principal: Principal): number {
    const expiresAtMs = this.#callers.expiresAtMs(principal);
    if (expiresAtMs === undefined) return this.#maxLifetimeMs;
    return Math.max(0, Math.min(this.#maxLifetimeMs, expiresAtMs - this.#clock.epochMs()));
  }

  #tooMany(id: string | number | null): Response {
    const [status, message] = this.#quota.isFull
      ? [503, 'The server has as many streams open as it allows.']
      : [429, `A caller may have ${this.#quota.maxPerCaller} streams open at once. Close one that is no longer read.`];
    return rpcError(status, SERVER_ERROR, `resource_exhausted: ${message}`, id, { 'retry-after': RETRY_AFTER_S });
  }

  #endRevoked(): void {
    for (const stream of this.#open) if (!this.#callers.has(stream.principal)) stream.terminate();
  }

  #scheduleCheck(): void {
    this.#timer = this.#clock.setTimer(this.#checkIntervalMs, () => {
      this.#scheduleCheck();
      for (const stream of this.#open) if (stream.isStalled()) stream.terminate();
    });
  }

  #stopChecks(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }
}
