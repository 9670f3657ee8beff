import { expect, test } from 'vitest';
import { ManualClock } from '../test-support/manual-clock.ts';
import { Refresher } from './refresher.ts';

const MINUTE_MS = 60_000;

/** Reads that each take `takesMs`, or fail. */
function readings({ takesMs = 0, fails = false, bytes = 0 } = {}): {
  clock: ManualClock;
  startedMs: number[];
  list: Refresher;
} {
  const clock = new ManualClock();
  const startedMs: number[] = [];
  const refresh = async (): Promise<number> => {
    startedMs.push(clock.monotonicMs());
    if (takesMs > 0) await new Promise<void>((done) => void clock.setTimer(takesMs, done));
    if (fails) throw new Error('the upstream is down');
    return 10 * MINUTE_MS;
  };
  return { clock, startedMs, list: new Refresher({ clock, refresh, bytesRead: () => bytes }) };
}

async function pass(clock: ManualClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 50) {
    clock.advance(50);
    await new Promise((turn) => setImmediate(turn));
  }
}

test('two hundred announcements in a second cost two readings at most, a second apart', async () => {
  const { clock, startedMs, list } = readings({ takesMs: 300 });
  for (let announced = 0; announced < 200; announced += 1) {
    list.request();
    await pass(clock, announced % 10 === 0 ? 50 : 0);
  }
  await pass(clock, 5000);
  expect(startedMs).toHaveLength(2);
  expect((startedMs[1] ?? 0) - (startedMs[0] ?? 0)).toBeGreaterThanOrEqual(1000);
});

test.each([
  [100_000, 60],
  [1_310_720, 6],
  [8_388_608, 1],
])('a list of %i bytes that changes all the time is read %i times a minute', async (bytes, times) => {
  const { clock, startedMs, list } = readings({ bytes });
  for (let second = 0; second < 60; second += 1) {
    list.request();
    await pass(clock, 1000);
  }
  expect(startedMs).toHaveLength(times);
});

test('a change that is announced during a reading is read afterwards', async () => {
  const { clock, startedMs, list } = readings({ takesMs: 300 });
  list.request();
  await pass(clock, 100);
  list.request();
  await pass(clock, 5000);
  expect(startedMs).toHaveLength(2);
});

test('without an announcement the list is read when it is due', async () => {
  const { clock, startedMs, list } = readings();
  list.request();
  await pass(clock, 11 * MINUTE_MS);
  expect(startedMs).toHaveLength(2);
});

test('an upstream that is down is asked less and less often, and once a minute in the end', async () => {
  const { clock, startedMs, list } = readings({ fails: true });
  list.request();
  await pass(clock, 2 * MINUTE_MS);
  expect(startedMs.length).toBeLessThanOrEqual(8);
  const last = startedMs.length;
  await pass(clock, 10 * MINUTE_MS);
  expect(startedMs.length - last).toBeGreaterThanOrEqual(8);
  expect(startedMs.length - last).toBeLessThanOrEqual(13);
});

test('nothing is read after the end', async () => {
  const { clock, startedMs, list } = readings();
  list.request();
  list[Symbol.dispose]();
  await pass(clock, MINUTE_MS);
  expect(startedMs).toEqual([]);
});
