import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import { expect, test } from 'vitest';

import { ManualClock } from '../test-support/manual-clock.ts';
import { StandingStream } from './standing-stream.ts';

const SECOND_MS = 1000;

/** @param text what each stream has before it ends */
function standing(text: string, statusCode = 200): { clock: ManualClock; openedMs: number[]; stream: StandingStream } {
  const clock = new ManualClock();
  const openedMs: number[] = [];
  const open = async (): Promise<Dispatcher.ResponseData> => {
    openedMs.push(clock.monotonicMs());
    const body = Object.assign(Readable.from([Buffer.from(text)]), { dump: async () => undefined });
    return { statusCode, headers: { 'content-type': 'text/event-stream' }, body } as unknown as Dispatcher.ResponseData;
  };
  return { clock, openedMs, stream: new StandingStream({ clock, open, onData: () => {}, maxBytes: 1000 }) };
}

async function pass(clock: ManualClock, seconds: number): Promise<void> {
  for (let passed = 0; passed < seconds; passed += 1) {
    for (let turn = 0; turn < 10; turn += 1) await clock.advanceAsync(SECOND_MS / 10);
  }
}

test.each(['retry: 0\n\n', 'retry: 1\n\n', ': nothing\n\n', ''])(
  'a stream that ends at once after %j is opened eight times in a minute at most, and once a minute in the end',
  async (text) => {
    const { clock, openedMs, stream } = standing(text);
    stream.start();
    await pass(clock, 60);
    expect(openedMs.length).toBeGreaterThan(1);
    expect(openedMs.length).toBeLessThanOrEqual(8);
    const before = openedMs.length;
    await pass(clock, 600);
    expect(openedMs.length - before).toBeLessThanOrEqual(14);
    stream[Symbol.dispose]();
  },
);

test('a server that has no such stream is not asked again', async () => {
  const { clock, openedMs, stream } = standing('', 405);
  stream.start();
  await pass(clock, 600);
  expect(openedMs).toHaveLength(1);
  stream[Symbol.dispose]();
});

test('a wait that the server asks for is kept up to a minute', async () => {
  const { clock, openedMs, stream } = standing('retry: 86400000\n\n');
  stream.start();
  await pass(clock, 90);
  expect(openedMs).toHaveLength(2);
  stream[Symbol.dispose]();
});
