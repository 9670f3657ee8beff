import { expect, test } from 'vitest';

import { reject } from '../../../foundation/problem-details.ts';
import { ManualClock } from '../../../foundation/test-support/manual-clock.ts';
import { RejectionLog } from './rejection-log.ts';

const request = { method: 'POST', socket: { remoteAddress: '10.0.0.9' } };
const rejection = reject(401, 'unauthorized', 'This needs a credential.');

test('a rejection is logged with its address and reason', () => {
  const lines: unknown[] = [];
  new RejectionLog({ logger: { info: (...line: unknown[]) => lines.push(line) } }).record(request, rejection);
  expect(lines).toEqual([
    [
      { status: 401, problem: 'urn:mcp-server:problem:unauthorized', method: 'POST', address: '10.0.0.9' },
      'http.rejected',
    ],
  ]);
});

test('the number of lines is bounded, and the next line counts the suppressed ones', () => {
  const lines: { suppressed?: number }[] = [];
  const clock = new ManualClock();
  const log = new RejectionLog({
    logger: { info: (line: { suppressed?: number }) => lines.push(line) },
    linesPerWindow: 3,
    windowMs: 1000,
    clock,
  });
  for (let i = 0; i < 500; i++) log.record(request, rejection);
  expect(lines).toHaveLength(3);
  clock.advance(1000);
  log.record(request, rejection);
  log.record(request, rejection);
  expect(lines.map(({ suppressed }) => suppressed)).toEqual([undefined, undefined, undefined, 497, undefined]);
});
