import { expect, test } from 'vitest';

import type { BreakerView } from '../state/tool-view.ts';
import { breakerLabel, breakerSentence } from './breaker-text.ts';

const view = (breaker: Partial<BreakerView>): BreakerView => ({
  name: 'b',
  state: 'closed',
  forced: null,
  retryAtMs: undefined,
  ...breaker,
});

test.each<[string, BreakerView | undefined, string, string]>([
  ['none yet', undefined, 'neutral', 'No targets yet'],
  ['closed', view({}), 'good', 'Closed'],
  ['open', view({ state: 'open', retryAtMs: 43_000 }), 'bad', 'Open · retry in 42 s'],
  ['open and due for a probe', view({ state: 'open', retryAtMs: 900 }), 'bad', 'Open · the next call is a probe'],
  ['half-open', view({ state: 'half_open' }), 'warn', 'Half-open'],
  ['forced open', view({ state: 'open', forced: 'open' }), 'bad', 'Forced open'],
  ['forced closed', view({ forced: 'closed' }), 'warn', 'Forced closed'],
])('a breaker that is %s', (_, breaker, tone, text) => {
  expect(breakerLabel(breaker, 1000)).toEqual({ tone, text });
  expect(breakerSentence(breaker, 1000)).not.toBe('');
});
