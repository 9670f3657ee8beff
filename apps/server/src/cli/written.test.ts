import { Writable } from 'node:stream';

import { expect, test } from 'vitest';

import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { written } from './written.ts';

/** A stream whose reader takes one write with each `read()`. */
function slowOutput(): { readonly output: Writable; readonly read: () => void } {
  const unread: (() => void)[] = [];
  const output = new Writable({ write: (_chunk, _encoding, done) => void unread.push(done) });
  return { output, read: () => unread.shift()?.() };
}

async function isSettled(promise: Promise<void>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  await new Promise((resolve) => setImmediate(resolve));
  return settled;
}

test('with nothing left to write, it resolves at once', async () => {
  await expect(written(slowOutput().output)).resolves.toBeUndefined();
});

test('it resolves when the reader has read everything, not before', async () => {
  const { output, read } = slowOutput();
  output.write('first');
  output.write('second');
  const done = written(output);
  read();
  expect(await isSettled(done)).toBe(false);
  await new Promise((resolve) => setImmediate(resolve));
  read();
  await new Promise((resolve) => setImmediate(resolve));
  read();
  expect(await isSettled(done)).toBe(true);
});

test('it resolves when the reader is gone', async () => {
  const { output } = slowOutput();
  output.on('error', () => undefined);
  output.write('unread');
  const done = written(output);
  output.destroy(new Error('EPIPE'));
  expect(await isSettled(done)).toBe(true);
});

test('a reader that reads nothing is waited for up to the limit', async () => {
  const { output } = slowOutput();
  const clock = new ManualClock();
  output.write('unread');
  const done = written(output, 1000, clock);
  clock.advance(999);
  expect(await isSettled(done)).toBe(false);
  clock.advance(1);
  expect(await isSettled(done)).toBe(true);
});
