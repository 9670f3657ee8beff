import { expect, test } from 'vitest';

import type { Principal } from '../../access/principal.ts';
import { TestCredentials } from '../../access/test-support/test-credentials.ts';
import { ManualTime } from '../../observability/events/test-support/manual-time.ts';
import { reader, type Reader } from '../../observability/events/test-support/stream-reader.ts';
import { SubscriptionStreams } from './subscription-streams.ts';

const ann: Principal = { name: 'ann', scopes: ['tools:call'] };
const bob: Principal = { name: 'bob', scopes: ['tools:call'] };

interface Opened extends Reader {
  /** What the server writes. */
  write(text: string): void;
  end(): void;
  /** What the server meets while it writes. */
  fail(): void;
  /** Whether the side that writes was told that nobody reads any more. */
  readonly told: () => boolean;
}

function setup(): {
  streams: SubscriptionStreams;
  time: ManualTime;
  callers: TestCredentials;
  open: (principal?: Principal) => Opened;
} {
  const time = new ManualTime();
  const callers = new TestCredentials();
  const streams = new SubscriptionStreams({ callers, time });
  const open = (principal = ann): Opened => {
    let controller!: ReadableStreamDefaultController<Uint8Array>;
    let told = false;
    const source = new ReadableStream<Uint8Array>({
      start: (own) => {
        controller = own;
      },
      cancel: () => {
        told = true;
      },
    });
    const response = new Response(source, { headers: { 'content-type': 'text/event-stream' } });
    return {
      ...reader(streams.hold(response, principal)),
      write: (text) => controller.enqueue(Buffer.from(text)),
      end: () => controller.close(),
      fail: () => controller.error(new Error('broken')),
      told: () => told,
    };
  };
  return { streams, time, callers, open };
}

test('passes on what is written, until it ends', async () => {
  const { streams, time, open } = setup();
  const stream = open();
  stream.write('one');
  expect(await stream.read()).toBe('one');
  stream.write('two');
  stream.end();
  expect(await stream.read()).toBe('two[end]');
  expect(streams.size).toBe(0);
  expect(time.timers.size).toBe(0);
});

test('a stream that breaks where it is written is held no longer', async () => {
  const { streams, time, open } = setup();
  const stream = open();
  stream.fail();
  await expect(stream.read()).rejects.toThrow('broken');
  expect(streams.size).toBe(0);
  expect(time.timers.size).toBe(0);
});

test('leaves answers alone that are no streams', () => {
  const { streams } = setup();
  const plain = Response.json({});
  expect(streams.hold(plain, ann)).toBe(plain);
  expect(streams.size).toBe(0);
});

test('ends at once, on both sides, when the credential that opened it changes or goes', async () => {
  const { streams, callers, open } = setup();
  const withdrawn = open();
  const other = open(bob);
  callers.revoke(ann);
  expect(await withdrawn.read()).toBe('[end]');
  expect(withdrawn.told()).toBe(true);
  other.write('still here');
  expect(await other.read()).toBe('still here');
  expect(streams.size).toBe(1);
});

test('ends at once when the credential had gone before it was opened', async () => {
  const { streams, callers, open } = setup();
  callers.revoke(ann);
  expect(await open().read()).toBe('[end]');
  expect(streams.size).toBe(0);
});

test('ends after its lifetime of an hour', async () => {
  const { time, open } = setup();
  const stream = open();
  time.advance(3_599_999);
  expect(await stream.read()).toBe('');
  time.advance(15_000);
  expect(await stream.read()).toBe('[end]');
  expect(stream.told()).toBe(true);
});

test('breaks off when its reader takes nothing for two looks in a row though something waits', async () => {
  const { streams, time, open } = setup();
  const stuck = open();
  stuck.write('x'.repeat(20_000));
  await new Promise(setImmediate);
  time.advance(15_000);
  expect(streams.size).toBe(1);
  time.advance(15_000);
  expect(streams.size).toBe(0);
  await expect(stuck.read()).rejects.toThrow('did not read');
  expect(stuck.told()).toBe(true);
});

test('goes on for a reader that reads late, and for one that has nothing to read', async () => {
  const { streams, time, open } = setup();
  const [late, idle] = [open(), open()];
  late.write('x'.repeat(20_000));
  await new Promise(setImmediate);
  time.advance(15_000);
  expect(await late.read()).toHaveLength(20_000);
  time.advance(60_000);
  expect(streams.size).toBe(2);
  idle.write('y');
  expect(await idle.read()).toBe('y');
});

test('tells the writer when the client goes', async () => {
  const { streams, open } = setup();
  const stream = open();
  await stream.cancel();
  expect(stream.told()).toBe(true);
  expect(streams.size).toBe(0);
});
