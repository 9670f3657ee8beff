import { group, list } from '../fields/composite-fields.ts';
import { duration } from '../fields/duration.ts';
import type { Field } from '../fields/field.ts';
import { number } from '../fields/number-fields.ts';
import { text } from '../fields/text-fields.ts';
import type { HealthSettings } from './standard-config.ts';

const RELOAD = 'restart';

export const healthSection: Field<HealthSettings> = group<HealthSettings>(
  {
    checkInterval: duration({
      doc: 'Time between two runs of a check.',
      min: 5,
      max: 300,
      default: 30,
      reload: RELOAD,
    }),
    cpuThreshold: threshold('the processors'),
    memoryThreshold: threshold('memory'),
    diskThreshold: threshold('the disk'),
    dependencies: list(text({ doc: 'The name of a dependency.', maxLength: 256 }), {
      doc: 'What this server needs to work.',
      default: [],
      maxItems: 100,
      unique: true,
      reload: RELOAD,
    }),
    timeout: duration({ doc: 'How long one check may take.', min: 1, max: 60, default: 10, reload: RELOAD }),
  },
  { doc: 'Health checks in the background.' },
);

function threshold(what: string): Field<number> {
  return number({
    doc: `Percent of ${what} in use above which health suffers.`,
    min: 0,
    max: 100,
    default: 80,
    reload: RELOAD,
  });
}
