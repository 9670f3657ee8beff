import { expect, test } from 'vitest';

import { ManualClock } from '../test-support/manual-clock.ts';
import { Heartbeat } from './heartbeat.ts';

function setup(couldAnswer = (): boolean => true): {
  clock: ManualClock;
  heartbeat: Heartbeat;
  pings: () => number;
  hung: () => number;
} {
  const clock = new ManualClock();
  let pings = 0;
  let hung = 0;
  const heartbeat = new Heartbeat({
    clock,
    intervalMs: 1000,
    maxMissed: 3,
    maxUnanswered: 20,
    couldAnswer,
    ping: () => (pings += 1),
    onHung: () => (hung += 1),
  });
  return { clock, heartbeat, pings: () => pings, hung: () => hung };
}

test('a peer that answers no ping is reported once', () => {
  const { clock, heartbeat, pings, hung } = setup();
  heartbeat.start();
  clock.advance(2999);
  expect([pings(), hung()]).toEqual([3, 0]);
  clock.advance(60_000);
  expect([pings(), hung()]).toEqual([3, 1]);
});

test('any message from the peer counts as an answer', () => {
  const { clock, heartbeat, hung } = setup();
  heartbeat.start();
  for (let second = 0; second < 20; second += 1) {
    clock.advance(1000);
    if (second % 2 === 0) heartbeat.answered();
  }
  expect(hung()).toBe(0);
});

test('a ping that the peer had no chance to answer does not count, up to a limit', () => {
  let hasChance = false;
  const { clock, heartbeat, hung } = setup(() => hasChance);
  heartbeat.start();
  clock.advance(17_000);
  expect(hung()).toBe(0);
  clock.advance(3000);
  expect(hung()).toBe(1);
  heartbeat.start();
  clock.advance(5000);
  hasChance = true;
  clock.advance(3000);
  expect(hung()).toBe(2);
});

test('a stopped heartbeat leaves no timer and reports nothing', () => {
  const { clock, heartbeat, hung } = setup();
  heartbeat.start();
  heartbeat.stop();
  expect(clock.pendingTimers).toBe(0);
  clock.advance(60_000);
  expect(hung()).toBe(0);
});

test('a heartbeat that starts again begins to count anew', () => {
  const { clock, heartbeat, hung } = setup();
  heartbeat.start();
  clock.advance(2500);
  heartbeat.stop();
  heartbeat.start();
  clock.advance(2500);
  expect(hung()).toBe(0);
});

test('a peer is late from the first ping that it does not answer in time, until it answers', () => {
  let again = 0;
  const clock = new ManualClock();
  const heartbeat = new Heartbeat({
    clock,
    intervalMs: 1000,
    maxMissed: 3,
    maxUnanswered: 20,
    couldAnswer: () => true,
    ping: () => {},
    onAnswersAgain: () => (again += 1),
    onHung: () => {},
  });
  heartbeat.start();
  clock.advance(999);
  expect(heartbeat.isLate).toBe(false);
  clock.advance(1);
  expect([heartbeat.isLate, again]).toEqual([true, 0]);
  heartbeat.answered();
  heartbeat.answered();
  expect([heartbeat.isLate, again]).toEqual([false, 1]);
});
