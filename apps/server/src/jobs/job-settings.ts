import type { JobQuota, OutputBounds } from './stores/job-store.ts';

/** Read whenever they are needed: a reload may change them. */
export interface JobSettings extends JobQuota, OutputBounds {
  readonly maxRunning: number;
  readonly retentionMs: number;
}
