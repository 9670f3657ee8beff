import { severity, STATUSES } from '../status.ts';
import type { HealthStatus } from '../status.ts';

/**
 * Delays a change of status: worse needs `failureThreshold` consecutive outcomes at least that bad, better needs
 * `successThreshold` consecutive outcomes at least that good. The first outcome is reported at once.
 * Monotone: a sequence that is worse at every step is never reported better.
 */
export class FlapDamper {
  readonly #failureThreshold: number;
  readonly #successThreshold: number;
  /** By severity, how many consecutive outcomes were at least that bad, and at most that bad. */
  readonly #atLeast: number[] = STATUSES.map(() => 0);
  readonly #atMost: number[] = STATUSES.map(() => 0);
  #reported: number | undefined;

  constructor(failureThreshold: number, successThreshold: number) {
    this.#failureThreshold = failureThreshold;
    this.#successThreshold = successThreshold;
  }

  /** Takes one outcome and returns the status to report from now on. */
  record(outcome: HealthStatus): HealthStatus {
    const newest = severity(outcome);
    for (const level of STATUSES.keys()) {
      this.#atLeast[level] = newest >= level ? (this.#atLeast[level] ?? 0) + 1 : 0;
      this.#atMost[level] = newest <= level ? (this.#atMost[level] ?? 0) + 1 : 0;
    }
    this.#reported = this.#next(newest, this.#reported ?? newest);
    return STATUSES[this.#reported] ?? outcome;
  }

  #next(newest: number, reported: number): number {
    const worse = newest > reported;
    const consecutive = worse ? this.#atLeast : this.#atMost;
    const needed = worse ? this.#failureThreshold : this.#successThreshold;
    // From the newest outcome towards the reported one: the first level with enough consecutive outcomes.
    for (let level = newest; level !== reported; level += worse ? -1 : 1) {
      if ((consecutive[level] ?? 0) >= needed) return level;
    }
    return reported;
  }
}
