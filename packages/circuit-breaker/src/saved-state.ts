import type { CircuitState, Latch } from './circuit-state.ts';
import type { SavedWindow } from './failure-window.ts';

/** Everything a later breaker needs to go on; plain JSON. */
export interface CircuitBreakerSnapshot {
  readonly version: 1;
  readonly name: string;
  readonly state: CircuitState;
  readonly forced: Latch | null;
  /** Milliseconds since the Unix epoch; time that passes until the restore counts as time spent open. */
  readonly savedAt: number;
  /** Milliseconds the open period had left; 0 in every other state and for a forced one. */
  readonly remainingMs: number;
  readonly reopenings: number;
  readonly streak: number;
  readonly window: SavedWindow | null;
}
