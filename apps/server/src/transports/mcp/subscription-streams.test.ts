import { expect, test } from 'vitest';

import type { Principal } from '../../access/principal.ts';
import { TestCredentials } from '../../access/test-support/test-credentials.ts';
import { reader, type Reader } from '../../observability/events/test-support/stream-reader.ts';
import { ManualClock } from '../../test-support/manual-clock.ts';
import { SubscriptionStreams } from './subscription-streams.ts';

const ann: Principal = { name: 'ann', scopes: ['tools:call'] };
const bob: Principal = { name: 'bob', scopes: ['tools:call'] };

interface Opened extends Reader {
  /** What the server writes. */
  write(text: string): void;
  end(): void;
  /** The server's write fails. */
  fail(): void;
  /** Whether the writing side was cancelled. */
  readonly cancelled: () => boolean;
}

function setup(): {
  streams: SubscriptionStreams;
  clock: ManualClock;
  callers: TestCredentials;
  open: (principal?: Principal) => Opened;
} {
  const clock = new ManualClock();
  const callers = new TestCredentials();
  const streams = new SubscriptionStreams({ callers, clock });
  const open = (principal = ann): Opened => {
    let controller!: ReadableStreamDefaultController<Uint8Array>;
    let cancelled = false;
    const source = new ReadableStream<Uint8Array>({
      start: (own) => {
        controller = own;
      },
      cancel: () => {
        cancelled = true;
      },
    });
    const response = new Response(source, { headers: { 'content-type': 'text/event-stream' } });
    return {
      ...reader(streams.hold(response, principal)),
      write: (text) => controller.enqueue(Buffer.from(text)),
      end: () => controller.close(),
      fail: () => controller.error(new Error('broken')),
      cancelled: () => cancelled,
    };
  };
  return { streams, clock, callers, open };
}

test('passes data on until the stream ends', async () => {
  const { streams, clock, open } = setup();
  const stream = open();
  stream.write('one');
  expect(await stream.read()).toBe('one');
  stream.write('two');
  stream.end();
  expect(await stream.read()).toBe('two[end]');
  expect(streams.size).toBe(0);
  expect(clock.pendingTimers).toBe(0);
});

test('a stream whose writer fails is forgotten', async () => {
  const { streams, clock, open } = setup();
  const stream = open();
  stream.fail();
  await expect(stream.read()).rejects.toThrow('broken');
  expect(streams.size).toBe(0);
  expect(clock.pendingTimers).toBe(0);
});

test('returns other responses unchanged', () => {
  const { streams } = setup();
  const plain = Response.json({});
  expect(streams.hold(plain, ann)).toBe(plain);
  expect(streams.size).toBe(0);
});

test('ends at once, on both sides, when the credential that opened it is revoked', async () => {
  const { streams, callers, open } = setup();
  const revoked = open();
  const other = open(bob);
  callers.revoke(ann);
  expect(await revoked.read()).toBe('[end]');
  expect(revoked.cancelled()).toBe(true);
  other.write('still here');
  expect(await other.read()).toBe('still here');
  expect(streams.size).toBe(1);
});

test('ends at once when the credential was revoked before', async () => {
  const { streams, callers, open } = setup();
  callers.revoke(ann);
  expect(await open().read()).toBe('[end]');
  expect(streams.size).toBe(0);
});

test('ends after its lifetime of an hour', async () => {
  const { clock, open } = setup();
  const stream = open();
  clock.advance(3_599_999);
  expect(await stream.read()).toBe('');
  clock.advance(15_000);
  expect(await stream.read()).toBe('[end]');
  expect(stream.cancelled()).toBe(true);
});

test('is terminated when its reader is stalled in two checks', async () => {
  const { streams, clock, open } = setup();
  const stalled = open();
  stalled.write('x'.repeat(20_000));
  await new Promise(setImmediate);
  clock.advance(15_000);
  expect(streams.size).toBe(1);
  clock.advance(15_000);
  expect(streams.size).toBe(0);
  await expect(stalled.read()).rejects.toThrow('did not read');
  expect(stalled.cancelled()).toBe(true);
});

test('continues for a reader that reads late, and for one without data', async () => {
  const { streams, clock, open } = setup();
  const [late, idle] = [open(), open()];
  late.write('x'.repeat(20_000));
  await new Promise(setImmediate);
  clock.advance(15_000);
  expect(await late.read()).toHaveLength(20_000);
  clock.advance(60_000);
  expect(streams.size).toBe(2);
  idle.write('y');
  expect(await idle.read()).toBe('y');
});

test('cancels the writer when the client disconnects', async () => {
  const { streams, open } = setup();
  const stream = open();
  await stream.cancel();
  expect(stream.cancelled()).toBe(true);
  expect(streams.size).toBe(0);
});
