import { expect, test } from 'vitest';

import { acceptWaiting } from './accept-waiting.ts';

/** An event loop that accepts a waiting connection in each turn, of which one may take long. */
function loop(
  waiting: number,
  turnMs: (turn: number) => number = () => 0,
): { run: Promise<void>; turns: () => number } {
  let [accepted, turns, nowMs] = [0, 0, 0];
  const run = acceptWaiting({
    accepted: () => accepted,
    monotonicMs: () => nowMs,
    turn: async () => {
      nowMs += turnMs((turns += 1));
      if (waiting-- > 0) accepted += 1;
      await Promise.resolve();
    },
  });
  return { run, turns: () => turns };
}

test('ends with the first turn that accepts nothing', async () => {
  const { run, turns } = loop(5);
  await run;
  expect(turns()).toBe(6);
});

test('does not trust a turn that took long: a connection may have come in it', async () => {
  const { run, turns } = loop(1, (turn) => (turn === 2 ? 1 : 0));
  await run;
  expect(turns()).toBe(3);
});

test('allows a turn to be the longer, the longer it has waited: a process that has much to do has none that is short', async () => {
  const { run, turns } = loop(1, () => 2);
  await run;
  expect(turns()).toBe(100);
});

test('ends where every turn takes long', async () => {
  const { run, turns } = loop(1, () => 50);
  await run;
  expect(turns()).toBe(17);
});

test('ends where connections never cease to come', async () => {
  const { run, turns } = loop(Infinity, () => 1);
  await run;
  expect(turns()).toBe(801);
});
