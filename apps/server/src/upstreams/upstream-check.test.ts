import { expect, test } from 'vitest';

import type { UpstreamReport } from '@mcp/upstreams';

import { upstreamCheck } from './upstream-check.ts';

const READY: UpstreamReport = {
  key: 'far',
  kind: 'http',
  address: 'https://mcp.lab.internal/mcp',
  state: 'ready',
  listedAt: 1,
  tools: [],
  trust: 'firstUse',
  pending: [],
  withheld: [],
  excluded: [],
  connections: 1,
  otherLines: 0,
  connectionsOpened: 1,
  connectionFailures: 0,
  requests: 0,
  requestMs: 0,
  structuredMismatches: 0,
  running: 0,
  queued: 0,
  circuitBreaker: 'closed',
};

const tool = (name: string): UpstreamReport['tools'][number] => ({ name, upstreamName: name, notes: [] });

function outcomeOf(report: Partial<UpstreamReport>, isSwitchedOn = true): unknown {
  const check = upstreamCheck({
    key: 'far',
    priority: 'important',
    timing: { periodMs: 1000, timeoutMs: 100 },
    report: () => ({ ...READY, ...report }),
    isOpen: (tool) => tool === 'far_b',
    isSwitchedOn: () => isSwitchedOn,
  });
  return check.run({ signal: new AbortController().signal });
}

test.each<readonly [string, Partial<UpstreamReport>, object]>([
  ['connected is healthy', {}, { status: 'healthy' }],
  ['that idles after its list was read is healthy', { state: 'idle' }, { status: 'healthy' }],
  [
    'that failed is unhealthy, with the reason',
    { state: 'failed', problem: 'No.' },
    { status: 'unhealthy', message: 'No.' },
  ],
  ['with an open breaker is unhealthy', { circuitBreaker: 'open' }, { status: 'unhealthy' }],
  ['whose approvals cannot be read is degraded', { trustProblem: 'Bad.' }, { status: 'degraded', message: 'Bad.' }],
  [
    'with an open breaker of a tool is degraded',
    { tools: [tool('far_a'), tool('far_b')] },
    { status: 'degraded', message: 'Circuit breakers are open: 1 of 2.' },
  ],
  ['whose list cannot be read is degraded', { listProblem: 'Long.' }, { status: 'degraded', message: 'Long.' }],
])('an upstream %s', (_, report, expected) => {
  expect(outcomeOf(report)).toMatchObject(expected);
});

test('an upstream that an operator switched off is healthy, whatever it was before', () => {
  expect(outcomeOf({ state: 'failed' }, false)).toEqual({ status: 'healthy', message: 'An operator switched it off.' });
});

test('an upstream whose list was never read is degraded', () => {
  const { listedAt: _, ...unread } = READY;
  const check = upstreamCheck({
    key: 'far',
    priority: 'informational',
    timing: { periodMs: 1000, timeoutMs: 100 },
    report: () => unread,
    isOpen: () => false,
    isSwitchedOn: () => true,
  });
  expect(check.run({ signal: new AbortController().signal })).toMatchObject({ status: 'degraded' });
});
