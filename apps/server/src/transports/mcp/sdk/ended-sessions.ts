import { systemClock, type Clock } from '../../../clock.ts';
import { BoundedMap } from '../protocol/bounded-map.ts';
import { MAX_SESSION_AGE_MS } from './session-id.ts';

const MAX_ENTRIES = 50_000;

/**
 * Ids of sessions that must not be opened again: their client ended them, or their credential was revoked. Kept for as long
 * as an id can open a session, in this process; `SessionEnds` shares them with other servers.
 */
export class EndedSessions {
  readonly #clock: Pick<Clock, 'epochMs'>;
  /** By the end of the id: it is random, and the whole id would take up more memory. */
  readonly #forgetAtMs = new BoundedMap<string, number>(MAX_ENTRIES);

  constructor(clock: Pick<Clock, 'epochMs'> = systemClock) {
    this.#clock = clock;
  }

  add(id: string): void {
    this.#forgetAtMs.set(keyOf(id), this.#clock.epochMs() + MAX_SESSION_AGE_MS);
  }

  has(id: string): boolean {
    const forgetAtMs = this.#forgetAtMs.get(keyOf(id));
    return forgetAtMs !== undefined && this.#clock.epochMs() < forgetAtMs;
  }
}

/** A copy: a slice would keep the whole id in memory. */
function keyOf(id: string): string {
  return Buffer.from(id.slice(-20)).toString('latin1');
}
