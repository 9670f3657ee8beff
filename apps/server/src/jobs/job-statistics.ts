import { FINAL_STATES, type FinalState, type JobRecord } from './record/job-record.ts';

/** Upper bounds in seconds: 1 s to a day, the longest that a job may run. */
export const JOB_SECONDS_BUCKETS: readonly number[] = [1, 5, 15, 60, 300, 900, 3600, 14_400, 43_200, 86_400];

/** What this process did to jobs since it started. Each end is counted by the one process that made it. */
export class JobStatistics {
  readonly ended: ReadonlyMap<FinalState, number> = new Map(FINAL_STATES.map((state) => [state, 0]));
  /** Of ended jobs that were started, by bucket of {@link JOB_SECONDS_BUCKETS}; the last has all above. */
  readonly runsByBucket: readonly number[] = JOB_SECONDS_BUCKETS.map(() => 0).concat(0);
  runSeconds = 0;
  /** Runs whose job was another's, or over, when they ended. */
  fenced = 0;
  /** Steps that the store did not take. */
  storeFailures = 0;

  /** @param job in a final state */
  noteEnd({ state, startedAt, endedAt }: Pick<JobRecord, 'state' | 'startedAt' | 'endedAt'>): void {
    const ended = this.ended as Map<FinalState, number>;
    ended.set(state as FinalState, (ended.get(state as FinalState) ?? 0) + 1);
    if (startedAt === 0) return;
    // By the clock of the store, which may be set back.
    const seconds = Math.max(0, endedAt - startedAt) / 1000;
    const found = JOB_SECONDS_BUCKETS.findIndex((bound) => seconds <= bound);
    const bucket = found === -1 ? JOB_SECONDS_BUCKETS.length : found;
    (this.runsByBucket as number[])[bucket] = (this.runsByBucket[bucket] ?? 0) + 1;
    this.runSeconds += seconds;
  }
}
