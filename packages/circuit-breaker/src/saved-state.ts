import type { SavedWindow } from './failure-window.ts';
import type { CircuitState, ForcedState } from './state.ts';

/** Everything a later breaker needs to continue; plain JSON. */
export interface CircuitBreakerSnapshot {
  readonly version: 1;
  readonly name: string;
  readonly state: CircuitState;
  readonly forced: ForcedState | null;
  /** Milliseconds since the Unix epoch. The time until the restore counts towards the open period. */
  readonly savedAt: number;
  /** Milliseconds left of the open period; 0 in other states and while forced. */
  readonly remainingMs: number;
  /** Consecutive openings after a failed probe. */
  readonly reopenings: number;
  /** Consecutive successes if positive, consecutive failures if negative. */
  readonly streak: number;
  readonly window: SavedWindow | null;
}
