import { expect, test } from 'vitest';

import { ManualClock } from '../../../../foundation/test-support/manual-clock.ts';
import { ProgressQueue } from './progress-queue.ts';

test('progress is sent after a short delay, in order', () => {
  const sent: number[] = [];
  const clock = new ManualClock();
  const queue = new ProgressQueue(({ progress }) => sent.push(progress), clock);
  queue.add({ progress: 1 });
  queue.add({ progress: 2 });
  clock.advance(19);
  expect(sent).toEqual([]);
  clock.advance(1);
  queue.add({ progress: 3 });
  expect(sent).toEqual([1, 2]);
  clock.advance(20);
  expect(sent).toEqual([1, 2, 3]);
});

test('progress that waits when the call ends is dropped, and so is any that comes later', () => {
  const sent: number[] = [];
  const clock = new ManualClock();
  const queue = new ProgressQueue(({ progress }) => sent.push(progress), clock);
  queue.add({ progress: 1 });
  queue.discard();
  queue.add({ progress: 2 });
  clock.advance(1000);
  expect(sent).toEqual([]);
  expect(clock.pendingTimers).toBe(0);
});
