import { expect, test } from 'vitest';

import type { UpstreamAnswer } from '../api/answers.ts';
import { changedTexts, upstreamState, upstreamSummary, upstreamTone } from './upstream-list.ts';

const UPSTREAM: UpstreamAnswer = {
  key: 'files',
  kind: 'stdio',
  address: 'node',
  enabled: true,
  state: 'ready',
  tools: 3,
  pending: 0,
  withheld: 0,
  connections: 1,
  running: 0,
  circuitBreaker: 'closed',
};

test.each([
  [{ state: 'ready' }, 'ready', 'good'],
  [{ state: 'idle' }, 'idle', 'neutral'],
  [{ state: 'failed' }, 'failed', 'bad'],
  [{ enabled: false, state: 'failed' }, 'disabled', 'neutral'],
  [{ state: 'ready', circuitBreaker: 'open' as const }, 'breaker open', 'bad'],
])('an upstream with %o is shown as %s', (given, state, tone) => {
  const upstream = { ...UPSTREAM, ...given };
  expect([upstreamState(upstream), upstreamTone(upstream)]).toEqual([state, tone]);
});

test('the summary counts what needs attention, and is empty where nothing does', () => {
  expect(upstreamSummary([UPSTREAM])).toBe('');
  expect(
    upstreamSummary([
      { ...UPSTREAM, pending: 2 },
      { ...UPSTREAM, state: 'failed', pending: 1 },
    ]),
  ).toBe('1 failed, 3 wait for approval');
});

test('only the texts that differ are compared, schemas as formatted JSON', () => {
  const before = { description: 'old', inputSchema: { type: 'object' } };
  expect(changedTexts(before, { ...before, description: 'new' })).toEqual([
    { part: 'description', before: 'old', after: 'new' },
  ]);
  expect(changedTexts(null, { inputSchema: { type: 'object' } })).toEqual([
    { part: 'inputSchema', before: undefined, after: '{\n  "type": "object"\n}' },
  ]);
});
