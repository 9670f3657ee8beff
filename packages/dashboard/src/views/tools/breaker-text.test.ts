import { expect, test } from 'vitest';

import type { BreakerView, ToolView } from '../../state/tool-view.ts';
import { breakerLabel, toolBreakerLabel, toolBreakerSentence } from './breaker-text.ts';

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
  ['open and due for a probe', view({ state: 'open', retryAtMs: 900 }), 'bad', 'Open · probe is next'],
  ['open for minutes', view({ state: 'open', retryAtMs: 63_000 }), 'bad', 'Open · retry in 2 min'],
  ['half-open', view({ state: 'half_open' }), 'warn', 'Half-open'],
  ['forced open', view({ state: 'open', forced: 'open' }), 'bad', 'Forced open'],
  ['forced closed', view({ forced: 'closed' }), 'warn', 'Forced closed'],
])('a breaker that is %s', (_, breaker, tone, text) => {
  expect(breakerLabel(breaker, 1000)).toEqual({ tone, text });
});

const open = view({ state: 'open', retryAtMs: 43_000 });
const held = view({ state: 'open', forced: 'open' });
const tool = (scope: 'tool' | 'target', breakers: readonly BreakerView[]): ToolView =>
  ({ breakers, circuitBreaker: { scope } }) as unknown as ToolView;

test('the breaker of a whole tool is described as it is', () => {
  expect(toolBreakerLabel(tool('tool', [held]), 1000).text).toBe('Forced open');
  expect(toolBreakerSentence(tool('tool', [held]), 1000)).toMatch(/every call is rejected/u);
  expect(toolBreakerSentence(tool('tool', [open]), 1000)).toBe('Open: calls are rejected; retry in 42 s.');
});

test.each<[string, readonly BreakerView[], string, RegExp]>([
  ['nothing is called yet', [], 'No targets yet', /there are none yet/u],
  ['every target is well', [view({}), view({})], 'Closed', /calls to every target run/u],
  ['one fails', [view({}), open], 'Open · 1 of 2', /1 of 2 targets are rejected; calls to all others run/u],
  ['all fail', [open, open], 'Open · 2 of 2', /calls to all others run/u],
  ['one is tried', [view({ state: 'half_open' })], 'Half-open · 1 of 1', /calls to every target run/u],
])('a tool with a breaker for each target does not look stopped as a whole: %s', (_, breakers, text, sentence) => {
  expect(toolBreakerLabel(tool('target', breakers), 1000).text).toBe(text);
  expect(toolBreakerSentence(tool('target', breakers), 1000)).toMatch(sentence);
});

test('what an operator forces holds for every target, and looks so', () => {
  const forced = view({ forced: 'closed' });
  expect(toolBreakerLabel(tool('target', [held, held]), 1000).text).toBe('Forced open');
  expect(toolBreakerSentence(tool('target', [held, held]), 1000)).toMatch(/every call is rejected/u);
  expect(toolBreakerLabel(tool('target', [forced]), 1000).text).toBe('Forced closed');
  expect(toolBreakerSentence(tool('target', [forced]), 1000)).toMatch(/every call runs/u);
});
