/** Whether the runs of a tool may be jobs, which a server keeps while their caller is away. A server without jobs ignores it. */

import type { NumberRange } from './limit-ranges.ts';

export interface JobSpec {
  /** `auto`: a run that takes long becomes a job. `required`: every run is a job. @default 'never' */
  readonly mode: 'never' | 'auto' | 'required';
  /** Longest run, in milliseconds, 1000 to 86 400 000. It takes the place of the tool's `timeoutMs`. @default 3 600 000 */
  readonly timeoutMs?: number | undefined;
  /** Bytes of output that are kept; the next one ends the run. 1024 to 1 073 741 824. @default 67 108 864 */
  readonly maxOutputBytes?: number | undefined;
  /** Whether a run whose end is unknown may be started again; needs `annotations.idempotentHint`. @default 'never' */
  readonly rerun?: 'never' | 'ifIdempotent' | undefined;
}

/** Every member given. */
export type JobLimits = { readonly [K in keyof JobSpec]-?: NonNullable<JobSpec[K]> };

export const JOB_RANGES: { readonly timeoutMs: NumberRange; readonly maxOutputBytes: NumberRange } = {
  timeoutMs: { min: 1000, max: 86_400_000 },
  maxOutputBytes: { min: 1024, max: 1_073_741_824 },
};

export const DEFAULT_JOB: JobLimits = {
  mode: 'never',
  timeoutMs: 3_600_000,
  maxOutputBytes: 67_108_864,
  rerun: 'never',
};

/** Problems of a declaration, one sentence each. */
export function jobProblems(job: JobSpec, idempotent: boolean): readonly string[] {
  const { mode, timeoutMs, maxOutputBytes, rerun } = job;
  const outside = (name: string, value: number | undefined, { min, max }: NumberRange): string[] =>
    value === undefined || (Number.isSafeInteger(value) && value >= min && value <= max)
      ? []
      : [`job.${name} must be a whole number from ${min} to ${max}, not ${String(value)}.`];
  return [
    ...(['never', 'auto', 'required'].includes(mode) ? [] : ['job.mode must be never, auto or required.']),
    ...outside('timeoutMs', timeoutMs, JOB_RANGES.timeoutMs),
    ...outside('maxOutputBytes', maxOutputBytes, JOB_RANGES.maxOutputBytes),
    ...(rerun === 'ifIdempotent' && !idempotent
      ? ['job.rerun is ifIdempotent, so annotations.idempotentHint must be true.']
      : []),
  ];
}

/** Undefined for a tool whose runs are never jobs. */
export function jobLimitsOf(job: JobSpec | undefined): JobLimits | undefined {
  if (job === undefined || job.mode === 'never') return undefined;
  return {
    mode: job.mode,
    timeoutMs: job.timeoutMs ?? DEFAULT_JOB.timeoutMs,
    maxOutputBytes: job.maxOutputBytes ?? DEFAULT_JOB.maxOutputBytes,
    rerun: job.rerun ?? DEFAULT_JOB.rerun,
  };
}
