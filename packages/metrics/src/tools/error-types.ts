import { CALL_STATUSES } from './call-outcome.ts';

/** The values of the label `error_type` without the option `errorTypes`: `none` for successes, `other` for any unknown text. */
export const ERROR_TYPES = [
  'none',
  'validation_error',
  'not_found',
  'disabled',
  'unauthorized',
  'forbidden',
  'resource_exhausted',
  'circuit_breaker_open',
  'unavailable',
  'timeout',
  'tool_error',
  'execution_error',
  'cancelled',
  'internal_error',
  'other',
] as const;
export type ErrorTypeLabel = (typeof ERROR_TYPES)[number];

/** The index of the error type of a success. */
export const NO_ERROR = 0;

const MAX_ADDITIONAL = 100;
const NAME = /^[a-z][a-z0-9_]{0,63}$/;

/** The fixed set of values of the label `error_type` of one ToolMetrics: a caller cannot create series with error names. */
export class ErrorTypes {
  readonly names: readonly string[];
  /** Number of counters in a record: one for each unsuccessful status with each error type but `none`. */
  readonly outcomeCount: number;
  readonly other: number;
  readonly #indexes: ReadonlyMap<unknown, number>;
  /** The error type of a call that gave none, by status. */
  readonly #defaults: readonly number[];

  /** @throws {RangeError} when there are more than 100 additional names, or one is not a lower-case identifier of up to 64 characters */
  constructor(additional: readonly string[] = []) {
    const given: unknown = additional;
    if (!Array.isArray(given) || given.length > MAX_ADDITIONAL || !given.every((name) => isName(name))) {
      throw new RangeError(
        `errorTypes must be up to ${MAX_ADDITIONAL} names of 1 to 64 characters (a-z, 0-9, _), got ${describe(given)}`,
      );
    }
    this.names = Object.freeze([...new Set([...ERROR_TYPES, ...additional])]);
    this.outcomeCount = (CALL_STATUSES.length - 1) * (this.names.length - 1);
    this.#indexes = new Map(this.names.map((name, index) => [name, index]));
    const other = ERROR_TYPES.indexOf('other');
    this.other = other;
    this.#defaults = CALL_STATUSES.map((status) =>
      status === 'success' ? NO_ERROR : (this.#indexes.get(status) ?? other),
    );
  }

  /** The index of an error type for a call that did not succeed; undefined for a name outside the set. */
  indexOf(status: number, errorType: unknown): number | undefined {
    if (errorType === undefined) return this.#defaults[status];
    const index = this.#indexes.get(errorType);
    return index === NO_ERROR ? undefined : index;
  }

  /** The position of an unsuccessful status and error type among the counters of a record. */
  outcomeIndex(status: number, errorType: number): number {
    return (status - 1) * (this.names.length - 1) + errorType - 1;
  }
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && NAME.test(name);
}

function describe(given: unknown): string {
  return Array.isArray(given) ? `[${given.slice(0, 5).map(String).join(', ')}]` : typeof given;
}
