import type { RequestId } from '@modelcontextprotocol/server';

/** Requests that may fix the protocol era, at most; those of a client that sends more before the first answer are not followed. */
const MAX_OPENING_REQUESTS = 64;

/** These change what later requests of the connection mean, so nothing may overtake them. */
const ORDERED_METHODS: ReadonlySet<string> = new Set(['initialize', 'logging/setLevel']);

/**
 * Follows the requests and responses of a stdio connection to know when the SDK has fixed its protocol era: with the first
 * request that it answers with a result, `server/discover` aside, after which the client may still choose either.
 */
export class StdioEra {
  #isFixed = false;
  readonly #openingRequests = new Set<RequestId>();
  readonly #orderedRequests = new Set<RequestId>();

  /** The era is known, and no request that must be answered first is on its way. */
  get isSettled(): boolean {
    return this.#isFixed && this.#orderedRequests.size === 0;
  }

  /** The connection was opened without the SDK. */
  fix(): void {
    this.#isFixed = true;
    this.#openingRequests.clear();
  }

  /** A request was passed to the SDK. */
  requested(id: RequestId, method: string): void {
    if (ORDERED_METHODS.has(method)) this.#orderedRequests.add(id);
    if (this.#isFixed || method === 'server/discover') return;
    if (this.#openingRequests.size < MAX_OPENING_REQUESTS) this.#openingRequests.add(id);
  }

  /** The client cancelled a request, which may then never be answered. */
  cancelled(id: RequestId): void {
    this.#orderedRequests.delete(id);
  }

  /** The SDK answered a request. */
  answered(id: RequestId, succeeded: boolean): void {
    this.#orderedRequests.delete(id);
    if (this.#isFixed || !this.#openingRequests.delete(id) || !succeeded) return;
    this.fix();
  }
}
