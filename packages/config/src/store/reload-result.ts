import type { Change } from './diff.ts';
import type { Problem } from '../describe/problems.ts';

export type ReloadResult = ReloadDone | ReloadRefused;

export type ReloadDone = {
  readonly ok: true;
  readonly version: number;
  readonly changes: readonly Change[];
  /** Keys whose new value waits for a restart; the snapshot keeps the running one. */
  readonly restartRequired: readonly string[];
};

export type ReloadRefused = {
  readonly ok: false;
  readonly problems: readonly Problem[];
};

export interface ConfigEvents {
  /** Something changed, or waits for a restart. */
  readonly reloaded: ReloadDone;
  /** A new configuration was refused and the last good one kept. `message` is all problems rendered. */
  readonly rejected: { readonly problems: readonly Problem[]; readonly message: string };
}

/** Counts since the load, for metrics. */
export interface ConfigStatistics {
  readonly version: number;
  /** Attempts to replace the configuration, good and bad. */
  readonly reloads: number;
  readonly rejected: number;
  /** Problems of the last attempt: 0 when it succeeded. */
  readonly problems: number;
  readonly restartRequired: readonly string[];
  /** Time of the last success, milliseconds since 1970. */
  readonly loadedAt: number;
}
