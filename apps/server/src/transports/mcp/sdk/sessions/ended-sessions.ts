import { systemClock, type Clock } from '../../../../foundation/clock.ts';
import { BoundedMap } from '../../protocol/bounded-map.ts';
import { MAX_SESSION_AGE_MS } from './session-id.ts';

const MAX_ENTRIES = 50_000;

/**
 * Ids of sessions that must not be opened again: their client ended them, or their credential was revoked. Kept for as long
 * as an id can open a session, in this process; `SharedSessions` shares them with other servers.
 */
export class EndedSessions {
  readonly #clock: Pick<Clock, 'epochMs'>;
  /** By their key: the whole id would take up more memory. */
  readonly #forgetAtMs = new BoundedMap<string, number>(MAX_ENTRIES);

  constructor(clock: Pick<Clock, 'epochMs'> = systemClock) {
    this.#clock = clock;
  }

  /** @param key of `sessionKey` */
  add(key: string): void {
    this.#forgetAtMs.set(key, this.#clock.epochMs() + MAX_SESSION_AGE_MS);
  }

  has(key: string): boolean {
    const forgetAtMs = this.#forgetAtMs.get(key);
    return forgetAtMs !== undefined && this.#clock.epochMs() < forgetAtMs;
  }
}
