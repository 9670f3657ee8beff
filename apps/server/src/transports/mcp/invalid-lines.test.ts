import { expect, test } from 'vitest';

import { ManualClock } from '../../foundation/test-support/manual-clock.ts';
import { InvalidLines } from './invalid-lines.ts';

test('every invalid line is counted, and one a second is logged with the number of those that were suppressed', () => {
  const logged: unknown[] = [];
  const clock = new ManualClock();
  const lines = new InvalidLines({ logger: { warn: (...all: unknown[]) => void logged.push(all) }, clock });
  const error = { code: -32_700, message: 'The line is not valid JSON.', id: 'null' };
  for (let line = 0; line < 3; line++) lines.record(error);
  clock.advance(1000);
  lines.record(error);
  expect(lines.total).toBe(4);
  const fields = (suppressed: number): object => ({ code: -32_700, reason: 'The line is not valid JSON.', suppressed });
  expect(logged).toEqual([
    [fields(0), 'stdio.invalid_message'],
    [fields(2), 'stdio.invalid_message'],
  ]);
});
