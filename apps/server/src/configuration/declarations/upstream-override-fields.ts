import {
  boolean,
  choice,
  duration,
  group,
  integer,
  map,
  optional,
  text,
  type Field,
  type MapOptions,
} from '@mcp/config';
import { LIMIT_RANGES, MAX_DESCRIPTION_LENGTH, TARGET_KINDS } from '@mcp/tool-base';

import { toolBreakerField } from '../sections/circuit-breaker-section.ts';
import { rangeInSeconds } from '../settings/milliseconds.ts';
import { queueField } from './tool-fields.ts';
import type { UpstreamToolOverride } from '../shape/upstream-config.ts';

/** Upstreams name their tools as they like. */
export const UPSTREAM_TOOL_NAMES: Pick<MapOptions, 'keyPattern' | 'keyExpected'> = {
  keyPattern: /^\S(?:.{0,254}\S)?$/u,
  keyExpected: 'the name that the upstream gives the tool',
};

export function overrideField(): Field<UpstreamToolOverride> {
  return group<UpstreamToolOverride>(
    {
      description: optional(
        text({ doc: 'Replaces the description of the upstream.', maxLength: MAX_DESCRIPTION_LENGTH }),
      ),
      timeout: optional(duration({ doc: 'How long one call may take.', ...rangeInSeconds(LIMIT_RANGES.timeoutMs) })),
      concurrency: optional(integer({ doc: 'Calls at the same time.', min: LIMIT_RANGES.concurrency.min, max: 100 })),
      queue: optional(queueField()),
      maxOutput: optional(
        integer({ doc: 'Bytes of output in a result.', min: 1024, max: LIMIT_RANGES.maxOutputBytes.max }),
      ),
      circuitBreaker: optional(toolBreakerField()),
      targets: map(choice(TARGET_KINDS, { doc: 'What the argument names.' }), {
        doc: 'Arguments that have to pass the target policy before the upstream sees them, with what each names.',
        default: {},
        keyPattern: /^[^\s.]{1,128}$/,
        keyExpected: 'the name of an argument of the tool',
        maxEntries: 20,
      }),
      idempotent: boolean({
        doc: 'Doing it twice does no more than doing it once: a call whose connection broke is sent again, once.',
        default: false,
      }),
    },
    { doc: 'What is different for one tool.' },
  );
}
