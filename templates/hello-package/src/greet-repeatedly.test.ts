import { expect, test } from 'vitest';
import { greetRepeatedly } from './greet-repeatedly.ts';
import { ManualClock } from './test-support/manual-clock.ts';

test('greets after every interval until it is disposed', () => {
  const clock = new ManualClock();
  const greetings: string[] = [];
  const repetition = greetRepeatedly((greeting) => greetings.push(greeting), { intervalMs: 100, clock });

  clock.advance(99);
  expect(greetings).toEqual([]);
  clock.advance(201);
  expect(greetings).toEqual(['Hello, world!', 'Hello, world!', 'Hello, world!']);

  repetition[Symbol.dispose]();
  clock.advance(1000);
  expect(greetings).toHaveLength(3);
  expect(clock.pendingTimers).toBe(0);
});

test('the callback may end the repetition', () => {
  const clock = new ManualClock();
  const repetition = greetRepeatedly(() => repetition[Symbol.dispose](), { clock });
  clock.advance(1000);
  expect(clock.pendingTimers).toBe(0);
});

test('an interval of 0 is out of range', () => {
  expect(() => greetRepeatedly(() => undefined, { intervalMs: 0 })).toThrow('intervalMs must be above 0, got 0');
});
