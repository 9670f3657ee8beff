import { severity, STATUSES } from './status.ts';
import type { HealthStatus } from './status.ts';

/**
 * Holds back a status until it has lasted: worse needs `failureThreshold` outcomes in a row at least that bad, better needs
 * `successThreshold` in a row at least that good. The first outcome counts at once, there being nothing to flap from.
 * Monotone: a sequence that is worse at every step is never reported better.
 */
export class FlapDamper {
  readonly #failureThreshold: number;
  readonly #successThreshold: number;
  /** Per severity, how many outcomes in a row were at least that bad, and at most that bad. */
  readonly #atLeast: number[] = STATUSES.map(() => 0);
  readonly #atMost: number[] = STATUSES.map(() => 0);
  #level: number | undefined;

  constructor(failureThreshold: number, successThreshold: number) {
    this.#failureThreshold = failureThreshold;
    this.#successThreshold = successThreshold;
  }

  /** Takes one outcome and answers the status to report from now on. */
  record(outcome: HealthStatus): HealthStatus {
    const seen = severity(outcome);
    for (const level of STATUSES.keys()) {
      this.#atLeast[level] = seen >= level ? (this.#atLeast[level] ?? 0) + 1 : 0;
      this.#atMost[level] = seen <= level ? (this.#atMost[level] ?? 0) + 1 : 0;
    }
    this.#level = this.#next(seen, this.#level ?? seen);
    return STATUSES[this.#level] ?? outcome;
  }

  #next(seen: number, current: number): number {
    // From the newest outcome towards the current level: the first level that has lasted long enough wins.
    const step = seen > current ? -1 : 1;
    const lasted = seen > current ? this.#atLeast : this.#atMost;
    const needed = seen > current ? this.#failureThreshold : this.#successThreshold;
    for (let level = seen; level !== current; level += step) if ((lasted[level] ?? 0) >= needed) return level;
    return current;
  }
}
