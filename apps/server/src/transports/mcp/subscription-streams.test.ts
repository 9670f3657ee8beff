import { expect, test } from 'vitest';

import type { Principal } from '../../access/principal.ts';
import { TestCredentials } from '../../access/test-support/test-credentials.ts';
import { reader, type Reader } from '../../observability/events/test-support/stream-reader.ts';
import { ManualClock } from '../../foundation/test-support/manual-clock.ts';
import { StreamQuota } from './protocol/stream-quota.ts';
import { SubscriptionStreams } from './subscription-streams.ts';

const ann: Principal = { name: 'ann', scopes: ['tools:call'] };
const bob: Principal = { name: 'bob', scopes: ['tools:call'] };

interface Opened extends Reader {
  /** What was there before the server wrote. */
  readonly opening: string;
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
  open: (principal?: Principal) => Promise<Opened>;
} {
  const clock = new ManualClock();
  const callers = new TestCredentials();
  const quota = new StreamQuota({ maxPerCaller: 2, maxTotal: 3 });
  const streams = new SubscriptionStreams({ callers, quota, clock });
  const open = async (principal = ann): Promise<Opened> => {
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
    const stream = reader(await streams.open(principal, null, () => response));
    const opening = await stream.read();
    return {
      ...stream,
      opening,
      write: (text) => controller.enqueue(Buffer.from(text)),
      end: () => controller.close(),
      fail: () => controller.error(new Error('broken')),
      cancelled: () => cancelled,
    };
  };
  return { streams, clock, callers, open };
}

test('begins with a comment: proxies pass a response on with its first bytes', async () => {
  const { open } = setup();
  expect((await open()).opening).toBe(': open\n\n');
});

test('ends its connection, on which a proxy would send the next request', async () => {
  const { streams } = setup();
  const headers = { 'content-type': 'text/event-stream', connection: 'keep-alive' };
  const response = await streams.open(ann, null, () => new Response(new ReadableStream(), { headers }));
  expect(response.headers.get('connection')).toBe('close');
  await response.body?.cancel();
});

test('passes data on until the stream ends', async () => {
  const { streams, clock, open } = setup();
  const stream = await open();
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
  const stream = await open();
  stream.fail();
  await expect(stream.read()).rejects.toThrow('broken');
  expect(streams.size).toBe(0);
  expect(clock.pendingTimers).toBe(0);
});

test('returns other responses unchanged', async () => {
  const { streams } = setup();
  const plain = Response.json({});
  expect(await streams.open(ann, null, () => plain)).toBe(plain);
  expect(streams.size).toBe(0);
});

test('ends at once, on both sides, when the credential that opened it is revoked', async () => {
  const { streams, callers, open } = setup();
  const revoked = await open();
  const other = await open(bob);
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
  expect(await (await open()).read()).toBe('[end]');
  expect(streams.size).toBe(0);
});

test('ends after its lifetime of an hour', async () => {
  const { clock, open } = setup();
  const stream = await open();
  clock.advance(3_599_999);
  expect(await stream.read()).toBe('');
  clock.advance(15_000);
  expect(await stream.read()).toBe('[end]');
  expect(stream.cancelled()).toBe(true);
});

test('is terminated when its reader is stalled in two checks', async () => {
  const { streams, clock, open } = setup();
  const stalled = await open();
  stalled.write('taken by the read that is under way');
  await new Promise(setImmediate);
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
  const [late, idle] = [await open(), await open()];
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
  const stream = await open();
  await stream.cancel();
  expect(stream.cancelled()).toBe(true);
  expect(streams.size).toBe(0);
});

test('ends when the token of its caller expires', async () => {
  const { streams, clock, callers, open } = setup();
  callers.expiries.set(ann, clock.epochMs() + 43_000);
  const stream = await open();
  clock.advance(42_999);
  expect(await stream.read()).toBe('');
  clock.advance(1);
  expect(await stream.read()).toBe('[end]');
  expect([streams.size, clock.pendingTimers]).toEqual([0, 0]);
});

test('is rejected when its caller or all callers together have too many open, and accepted when one has ended', async () => {
  const { streams, open } = setup();
  const status = async (principal: Principal): Promise<unknown> => {
    const response = await streams.open(principal, 7, () => Response.json({}));
    return [response.status, response.headers.get('retry-after')];
  };
  const anns = [await open(ann), await open(ann)];
  expect(await status(ann)).toEqual([429, '15']);
  await open(bob);
  expect(await status(bob)).toEqual([503, '15']);
  await anns[0]?.cancel();
  expect(await status(bob)).toEqual([200, null]);
});

test('a rejection names the request', async () => {
  const { streams, open } = setup();
  for (let stream = 0; stream < 2; stream++) await open();
  const rejected = await streams.open(ann, 7, () => Response.json({}));
  expect(await rejected.json()).toMatchObject({ id: 7, error: { code: -32_000 } });
});
