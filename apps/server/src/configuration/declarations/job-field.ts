import { choice, duration, group, integer, variant, type Field } from '@mcp/config';
import { DEFAULT_JOB, JOB_RANGES } from '@mcp/tool-base';

import { rangeInSeconds, seconds } from '../settings/milliseconds.ts';
import type { JobDeclaration } from '../shape/tool-declaration.ts';

type JobOptions = Omit<Extract<JobDeclaration, { mode: 'auto' | 'required' }>, 'mode'>;

/** `job: auto`, or a mapping with `mode` and the limits of its jobs. */
export function jobField(): Field<JobDeclaration> {
  const withJobs = (doc: string): Field<JobOptions> =>
    group<JobOptions>(
      {
        timeout: duration({
          doc: 'How long one job may run.',
          ...rangeInSeconds(JOB_RANGES.timeoutMs),
          default: seconds(DEFAULT_JOB.timeoutMs),
        }),
        maxOutput: integer({
          doc: 'Bytes of output that are kept; the job ends at the next one.',
          ...JOB_RANGES.maxOutputBytes,
          default: DEFAULT_JOB.maxOutputBytes,
        }),
        rerun: choice(['never', 'ifIdempotent'], {
          doc: 'Whether a job is started again when its server is gone; ifIdempotent needs annotations.idempotentHint.',
          default: 'never',
        }),
      },
      { doc },
    );
  return variant<JobDeclaration>(
    {
      never: group<object>({}, { doc: 'Every run ends with its request.' }),
      auto: withJobs('A run that takes long becomes a job.'),
      required: withJobs('Every run is a job.'),
    },
    {
      doc: 'Whether runs may be jobs, which outlast their request.',
      tag: 'mode',
      words: ['never', 'auto', 'required'],
    },
  );
}
