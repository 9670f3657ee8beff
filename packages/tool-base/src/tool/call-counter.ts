import type { ErrorType } from '../result/error-type.ts';

export interface CallCounts {
  readonly total: number;
  readonly succeeded: number;
  /** Failed and refused calls by error type; types that never occurred are left out. */
  readonly errors: Readonly<Partial<Record<ErrorType, number>>>;
}

/** Counts the calls of one tool by how they ended. */
export class CallCounter {
  readonly #errors = new Map<ErrorType, number>();
  #succeeded = 0;
  #total = 0;

  /** @param error undefined for a success */
  count(error: ErrorType | undefined): void {
    this.#total += 1;
    if (error === undefined) this.#succeeded += 1;
    else this.#errors.set(error, (this.#errors.get(error) ?? 0) + 1);
  }

  /** A copy; plain JSON. */
  counts(): CallCounts {
    return { total: this.#total, succeeded: this.#succeeded, errors: Object.fromEntries(this.#errors) };
  }
}
