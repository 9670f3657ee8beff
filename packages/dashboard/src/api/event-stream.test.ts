import { describe, expect, test } from 'vitest';

import { EventStream, type StreamStatus } from './event-stream.ts';
import type { StreamMessage } from './sse-parser.ts';

/** Time that passes only where something waits for it and nothing else is going on. */
class FakeTime {
  readonly waits: number[] = [];
  #now = 0;

  now(): number {
    return this.#now;
  }

  random(): number {
    return 0;
  }

  /** Waits for silence (40 s) last until they are given up; all others pass at once. */
  wait(ms: number, signal: AbortSignal): Promise<void> {
    if (ms === 40_000) return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    this.waits.push(ms);
    this.#now += ms;
    return Promise.resolve();
  }
}

type Answer = Response | Error;

interface Heard {
  readonly statuses: StreamStatus[];
  readonly messages: StreamMessage[];
  readonly headers: Record<string, string>[];
  readonly time: FakeTime;
}

/** Answers one attempt after another, then refuses the key, which ends the run. */
async function run(answers: readonly Answer[], time = new FakeTime()): Promise<Heard> {
  const heard: Heard = { statuses: [], messages: [], headers: [], time };
  const left = [...answers];
  const stream = new EventStream({
    time,
    open: (headers) => {
      heard.headers.push(headers);
      const answer = left.shift() ?? new Response(null, { status: 401 });
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    onMessage: (message) => heard.messages.push(message),
    onStatus: (status) => heard.statuses.push(status),
  });
  await stream.run();
  return heard;
}

const kinds = ({ statuses }: Heard): string[] => statuses.map(({ status }) => status);

test('tells each event, and asks to go on after the last id it saw', async () => {
  const heard = await run([new Response('retry: 2000\nid: e-1\n\nid: e-2\nevent: tool.changed\ndata: {}\n\n')]);
  expect(heard.messages).toEqual([{ id: 'e-2', type: 'tool.changed', data: '{}' }]);
  expect(heard.headers).toEqual([
    { accept: 'text/event-stream' },
    { accept: 'text/event-stream', 'last-event-id': 'e-2' },
  ]);
  expect(kinds(heard)).toEqual(['connecting', 'live', 'waiting', 'connecting', 'refused']);
  expect(heard.time.waits).toEqual([2000]);
});

describe('coming back', () => {
  test('waits twice as long after each failure in a row, half a minute at most', async () => {
    const { time } = await run(Array.from({ length: 7 }, () => new TypeError('no network')));
    expect(time.waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  test('starts over with short waits once it was connected', async () => {
    const down = new TypeError('down');
    const { time } = await run([down, down, new Response(': heartbeat\n\n'), down]);
    expect(time.waits).toEqual([1000, 2000, 1000, 2000]);
  });

  test('waits for as long as the server asks', async () => {
    const busy = new Response('{}', { status: 503, headers: { 'retry-after': '15' } });
    const { time, statuses } = await run([busy]);
    expect(time.waits).toEqual([15_000]);
    expect(statuses).toContainEqual({ status: 'waiting', retryAt: 15_000, reason: 'it answered 503' });
  });

  test('comes back at once when the stream reached the end of its life', async () => {
    const { time } = await run([new Response('event: stream.closed\ndata: {"reason":"lifetime"}\n\n')]);
    expect(time.waits).toEqual([]);
  });

  test.each([401, 403])('does not come back after %i', async (httpStatus) => {
    const { statuses } = await run([new Response(null, { status: httpStatus })]);
    expect(statuses.at(-1)).toEqual({ status: 'refused', httpStatus });
  });
});

test('a stream that is silent for too long counts as lost', async () => {
  class SilentTime extends FakeTime {
    #silences = 0;
    override wait(ms: number, signal: AbortSignal): Promise<void> {
      // The first silence is over when the stream opens; the second is the one that lasts.
      if (ms === 40_000 && ++this.#silences === 2) return Promise.resolve();
      return super.wait(ms, signal);
    }
  }
  const { statuses } = await run([new Response(new ReadableStream())], new SilentTime());
  expect(statuses).toContainEqual({ status: 'waiting', retryAt: 1000, reason: 'the server is silent' });
});

test('once stopped it tells nothing more', async () => {
  const statuses: StreamStatus[] = [];
  const stream = new EventStream({
    time: new FakeTime(),
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
