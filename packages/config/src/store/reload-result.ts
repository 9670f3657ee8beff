import type { Change } from './diff.ts';
import type { Problem } from '../describe/problems.ts';

export type ReloadResult = ReloadSucceeded | ReloadRejected;

export type ReloadSucceeded = {
  readonly ok: true;
  readonly version: number;
  readonly changes: readonly Change[];
  /** Keys whose new value takes effect after a restart; the snapshot keeps the running value. */
  readonly restartRequired: readonly string[];
};

export type ReloadRejected = {
  readonly ok: false;
  readonly problems: readonly Problem[];
};

export interface ConfigEvents {
  /** Something changed, or will change with a restart. */
  readonly reloaded: ReloadSucceeded;
  /** A new configuration was rejected, and the last valid one stays. `message` holds all problems. */
  readonly rejected: { readonly problems: readonly Problem[]; readonly message: string };
}

/** Counts since the load, for metrics. */
export interface ConfigStatistics {
  readonly version: number;
  /** Attempts to replace the configuration, successful or not. */
  readonly reloads: number;
  readonly rejected: number;
  /** Problems of the last attempt: 0 when it succeeded. */
  readonly problems: number;
  readonly restartRequired: readonly string[];
  /** Time of the last success, milliseconds since 1970. */
  readonly loadedAt: number;
}
