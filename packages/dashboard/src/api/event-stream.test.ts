import { describe, expect, test } from 'vitest';

import { ManualClock } from '../test-support/manual-clock.ts';
import { EventStream, type StreamStatus } from './event-stream.ts';
import type { StreamMessage } from './sse-parser.ts';

type Answer = Response | Error;

interface Recorded {
  readonly statuses: StreamStatus[];
  readonly messages: StreamMessage[];
  readonly headers: Record<string, string>[];
  /** Milliseconds between attempts. */
  readonly waits: number[];
}

/** Gives one response to each attempt, then rejects the key, which ends the run. */
async function run(answers: readonly Answer[], elapse?: (clock: ManualClock) => Promise<void>): Promise<Recorded> {
  const recorded: Recorded = { statuses: [], messages: [], headers: [], waits: [] };
  const clock = new ManualClock();
  const left = [...answers];
  const progress = { waitMs: 0, ended: false };
  const stream = new EventStream({
    clock,
    random: () => 0,
    open: (headers) => {
      recorded.headers.push(headers);
      const answer = left.shift() ?? new Response(null, { status: 401 });
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    onMessage: (message) => recorded.messages.push(message),
    onStatus: (status) => {
      recorded.statuses.push(status);
      if (status.status === 'waiting') {
        progress.waitMs = status.retryAtMs - clock.monotonicMs();
        recorded.waits.push(progress.waitMs);
      }
    },
  });
  const running = stream.run().finally(() => (progress.ended = true));
  await elapse?.(clock);
  while (!progress.ended) {
    const { waitMs } = progress;
    progress.waitMs = 0;
    await clock.advanceAsync(waitMs);
  }
  await running;
  expect(clock.pendingTimers).toBe(0);
  return recorded;
}

const kinds = ({ statuses }: Recorded): string[] => statuses.map(({ status }) => status);

test('passes on each event, and resumes after the last id it received', async () => {
  const recorded = await run([
    new Response('retry: 2000\nid: e-1\nevent: stream.opened\ndata: {}\n\nid: e-2\nevent: tool.changed\ndata: {}\n\n'),
  ]);
  expect(recorded.messages).toEqual([
    { id: 'e-1', type: 'stream.opened', data: '{}' },
    { id: 'e-2', type: 'tool.changed', data: '{}' },
  ]);
  expect(recorded.headers).toEqual([
    { accept: 'text/event-stream' },
    { accept: 'text/event-stream', 'last-event-id': 'e-2' },
  ]);
  expect(kinds(recorded)).toEqual(['connecting', 'live', 'waiting', 'connecting', 'rejected']);
  expect(recorded.waits).toEqual([2000]);
});

describe('reconnecting', () => {
  test('waits twice as long after each failure in a row, half a minute at most', async () => {
    const { waits } = await run(Array.from({ length: 7 }, () => new TypeError('no network')));
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  test('starts over with short waits once it was connected', async () => {
    const down = new TypeError('down');
    const { waits } = await run([down, down, new Response(': heartbeat\n\n'), down]);
    expect(waits).toEqual([1000, 2000, 1000, 2000]);
  });

  test('waits for as long as the server asks', async () => {
    const busy = new Response('{}', { status: 503, headers: { 'retry-after': '15' } });
    const { waits, statuses } = await run([busy]);
    expect(waits).toEqual([15_000]);
    const reason = 'the server responded with 503';
    expect(statuses).toContainEqual({ status: 'waiting', retryAtMs: 15_000, reason });
  });

  test('is immediate when the stream reached its maximum lifetime', async () => {
    const { waits } = await run([new Response('event: stream.closed\ndata: {"reason":"lifetime"}\n\n')]);
    expect(waits).toEqual([]);
  });

  test.each([401, 403])('ends after %i', async (httpStatus) => {
    const { statuses } = await run([new Response(null, { status: httpStatus })]);
    expect(statuses.at(-1)).toEqual({ status: 'rejected', httpStatus });
  });
});

test('a stream without any data for 40 s counts as disconnected', async () => {
  const { statuses } = await run([new Response(new ReadableStream())], (clock) => clock.advanceAsync(40_000));
  expect(statuses).toContainEqual({ status: 'waiting', retryAtMs: 41_000, reason: 'the server is silent' });
});

test('a stopped stream reports nothing more', async () => {
  const statuses: StreamStatus[] = [];
  const stream = new EventStream({
    clock: new ManualClock(),
    open: () => {
      stream.stop();
      return Promise.reject(new TypeError('gone'));
    },
    onMessage: () => undefined,
    onStatus: (status) => statuses.push(status),
  });
  await stream.run();
  expect(statuses).toEqual([{ status: 'connecting' }]);
});

test.each([
  ['tries at once after the server was unreachable', 2, () => Promise.reject(new TypeError('refused'))],
  [
    'waits as long as the server asked for',
    1,
    () => Promise.resolve(new Response(null, { status: 429, headers: { 'retry-after': '60' } })),
  ],
] as const)('when another request is answered it %s', async (_, expected, open) => {
  const clock = new ManualClock();
  let attempts = 0;
  const stream = new EventStream({
    clock,
    open: () => {
      attempts++;
      return open();
    },
    onMessage: () => undefined,
    onStatus: () => undefined,
  });
  const running = stream.run();
  await clock.advanceAsync(0);
  stream.serverAnswered();
  await clock.advanceAsync(0);
  stream.stop();
  await running;
  expect(attempts).toBe(expected);
});
