import { expect, test } from 'vitest';

import type { BreakerView } from '../state/dashboard-state.ts';
import { breakerSentence, breakerWords } from './breaker-words.ts';

const view = (breaker: Partial<BreakerView>): BreakerView => ({
  name: 'b',
  state: 'closed',
  forced: null,
  retryAt: undefined,
  ...breaker,
});

test.each<[string, BreakerView | undefined, string, string]>([
  ['none yet', undefined, 'neutral', 'No targets yet'],
  ['closed', view({}), 'good', 'Closed'],
  ['open', view({ state: 'open', retryAt: 43_000 }), 'bad', 'Open · retry in 42 s'],
  ['open, its time being over', view({ state: 'open', retryAt: 900 }), 'bad', 'Open · the next call is a try'],
  ['half-open', view({ state: 'half_open' }), 'warn', 'Half-open'],
  ['held open', view({ state: 'open', forced: 'open' }), 'bad', 'Held open'],
  ['held closed', view({ forced: 'closed' }), 'warn', 'Held closed'],
])('a breaker that is %s', (_, breaker, tone, text) => {
  expect(breakerWords(breaker, 1000)).toEqual({ tone, text });
  expect(breakerSentence(breaker, 1000)).not.toBe('');
});
