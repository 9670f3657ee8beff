import { expect, test } from 'vitest';

import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { channelPair } from '../workers/test-support/channel-pair.ts';

test('an answer comes back to the one who asked, and a failure with its message and code', async () => {
  const { primary, worker } = channelPair(new ManualClock());
  primary.on('double', (value: number) => value * 2);
  primary.on('fail', () => Promise.reject(Object.assign(new Error('no place'), { code: 'ENOSPC' })));
  await expect(worker.ask('double', [21], 1000)).resolves.toBe(42);
  await expect(worker.ask('fail', [], 1000)).rejects.toMatchObject({ message: 'no place', code: 'ENOSPC' });
  await expect(worker.ask('unknown', [], 1000)).rejects.toThrow('nothing answers unknown');
});

test('a request without an answer ends at its deadline, and an answer that comes later is ignored', async () => {
  const clock = new ManualClock();
  const { primary, worker } = channelPair(clock);
  const late = Promise.withResolvers<void>();
  primary.on('wait', () => late.promise);
  const asked = worker.ask('wait', [], 150);
  clock.advance(150);
  await expect(asked).rejects.toThrow('timeout');
  late.resolve();
  primary.on('now', () => 'yes');
  await expect(worker.ask('now', [], 150)).resolves.toBe('yes');
  expect(clock.pendingTimers).toBe(0);
});

test('what is sent in one iteration of the event loop is one message', async () => {
  const pair = channelPair(new ManualClock());
  pair.primary.on('double', (value: number) => value * 2);
  const asked = [1, 2, 3].map((value) => pair.worker.ask('double', [value], 1000));
  expect(await Promise.all(asked)).toEqual([2, 4, 6]);
  expect(pair.messages).toBe(2);
});

test('a notification that comes before anybody listens is delivered later, in order', async () => {
  const { primary, worker } = channelPair(new ManualClock());
  primary.tell('word', 'one');
  primary.tell('word', 'two');
  primary.on('ready', () => true);
  await worker.ask('ready', [], 1000);
  const heard: string[] = [];
  worker.on('word', (word: string) => heard.push(word));
  expect(heard).toEqual(['one', 'two']);
});

test('a request to a process that has ended is rejected', async () => {
  const { primary, worker } = channelPair(new ManualClock());
  primary.on('wait', () => new Promise(() => {}));
  const asked = worker.ask('wait', [], 1000);
  worker[Symbol.dispose]();
  await expect(asked).rejects.toThrow('ended');
  await expect(worker.ask('wait', [], 1000)).rejects.toThrow('ended');
});

test('a text reaches the handler as it is, after the arguments, each with its own request', async () => {
  const pair = channelPair(new ManualClock());
  pair.primary.on('store', (count: number, text?: string) => [count, text]);
  const long = '"\\u0000 é 😀\\n';
  const asked = [
    pair.worker.ask('store', [1], 1000, long),
    pair.worker.ask('store', [2], 1000),
    pair.worker.ask('store', [3], 1000, 'x'),
  ];
  expect(await Promise.all(asked)).toEqual([
    [1, long],
    [2, null],
    [3, 'x'],
  ]);
  expect(pair.messages).toBe(2);
});

test('what is masked in JSON, and what JSON leaves out, does not reach the other process', async () => {
  const { primary, worker } = channelPair(new ManualClock());
  primary.on('read', () => ({ secret: { value: 'hidden', toJSON: () => '***' }, method: () => 1 }));
  await expect(worker.ask('read', [], 1000)).resolves.toEqual({ secret: '***' });
});
