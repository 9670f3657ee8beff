import { describe, expect, test } from 'vitest';
import type { Principal } from '../../access/principal.ts';
import { TestCredentials } from '../../access/test-support/test-credentials.ts';
import { EventStreams, type EventStreamsOptions, type OpenStreamOptions } from './event-streams.ts';
import { MemoryEventBus } from './memory-event-bus.ts';
import { ManualClock } from '../../foundation/test-support/manual-clock.ts';
import { reader, type Reader } from './test-support/stream-reader.ts';

const scopes = ['tools:read'];
const ops: Principal = { name: 'ops', scopes };

function setup(options: Partial<EventStreamsOptions> & { capacity?: number } = {}): {
  bus: MemoryEventBus;
  streams: EventStreams;
  clock: ManualClock;
  callers: TestCredentials;
  change: (...tools: string[]) => void;
  open: (options?: Partial<OpenStreamOptions>) => Reader;
} {
  const { capacity = 1000, ...rest } = options;
  const bus = new MemoryEventBus({ capacity, clock: { epochMs: () => 7 } });
  const clock = new ManualClock();
  const callers = new TestCredentials();
  const streams = new EventStreams({ bus, clock, callers, ...rest });
  return {
    bus,
    streams,
    clock,
    callers,
    change: (...tools) => tools.forEach((tool) => bus.publish('tool.changed', { tool, change: 'enabled' })),
    open: (opening = {}) => reader(streams.open({ principal: ops, ...opening })),
  };
}

const toolsIn = (text: string): string[] =>
  [...text.matchAll(/"tool":"(?<tool>[^"]*)"/g)].map((m) => m.groups?.['tool'] ?? '');
const idsIn = (text: string): string[] => [...text.matchAll(/^id: (?<id>.*)$/gm)].map((m) => m.groups?.['id'] ?? '');

describe('a reader', () => {
  test('gets each event as one frame with id, type and JSON, as it happens', async () => {
    const { bus, open } = setup();
    const { response, read } = open();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('connection')).toBe('close');
    await read();
    bus.publish('health.changed', { from: 'healthy', to: 'degraded' });
    expect(await read()).toBe(
      `id: ${bus.latestId}\nevent: health.changed\ndata: {"at":7,"from":"healthy","to":"degraded"}\n\n`,
    );
  });

  test('cannot be fed a frame by text in an event', async () => {
    const { change, open } = setup();
    const { read } = open();
    await read();
    change('x\n\nevent: forged\r\ndata: {}\u2028');
    expect((await read()).match(/^event: .*$/gm)).toEqual(['event: tool.changed']);
  });

  test('sees only what its filter lets through', async () => {
    const { change, open } = setup();
    const { read } = open({ filter: (event) => event.type !== 'tool.changed' || event.data.tool !== 'secret' });
    change('secret', 'open');
    expect(toolsIn(await read())).toEqual(['open']);
  });
});

describe('replay', () => {
  test('goes on after the Last-Event-ID without a gap or a double', async () => {
    const { change, open } = setup();
    const first = open();
    change('a', 'b');
    const lastEventId = idsIn(await first.read()).at(-1);
    await first.cancel();
    change('c', 'd');
    const second = open({ lastEventId });
    change('e');
    const text = await second.read();
    expect(toolsIn(text)).toEqual(['c', 'd', 'e']);
    expect(text).not.toContain('stream.gap');
  });

  test('works from the moment of opening, even if no event was ever received', async () => {
    const { change, open } = setup();
    const first = open();
    const [lastEventId] = idsIn(await first.read());
    await first.cancel();
    change('a');
    expect(toolsIn(await open({ lastEventId }).read())).toEqual(['a']);
  });

  test('says that events are missing when the id is too old, of another run, or made up', async () => {
    const { bus, change, open } = setup({ capacity: 2 });
    const old = bus.latestId;
    change('a', 'b', 'c');
    for (const lastEventId of [old, new MemoryEventBus().latestId, 'x\n\nevent: forged']) {
      const text = await open({ lastEventId }).read();
      expect(text).toContain('event: stream.gap');
      expect(text).not.toContain('forged');
      expect(toolsIn(text)).toEqual([]);
    }
  });

  test('of more than fits the read-ahead arrives whole', async () => {
    const { bus, change, open } = setup();
    const lastEventId = bus.latestId;
    const all = Array.from({ length: 900 }, (_, i) => `tool-${i}`);
    change(...all);
    expect(toolsIn(await open({ lastEventId }).read())).toEqual(all);
  });
});

describe('a slow reader', () => {
  test('that catches up in time misses nothing', async () => {
    const { change, open } = setup();
    const { read } = open();
    const all = Array.from({ length: 1000 }, (_, i) => `tool-${i}`);
    change(...all);
    expect(toolsIn(await read())).toEqual(all);
  });

  test('that is too far behind gets a notice, is closed, and delays no other reader', async () => {
    const { streams, change, open } = setup({ capacity: 500 });
    const slow = open();
    const quick = open();
    const got: string[] = [];
    for (let i = 0; i < 2000; i++) {
      change(`tool-${i}`);
      if (i % 100 === 0) got.push(...toolsIn(await quick.read()));
    }
    got.push(...toolsIn(await quick.read()));
    expect(got).toHaveLength(2000);
    expect(streams.size).toBe(1);
    const text = await slow.read();
    expect(text).toMatch(/event: stream\.closed\ndata: \{"reason":"slow_reader"\}\n\n\[end\]$/);
    expect(text.length).toBeLessThan(18_000);
  });

  test('that reads nothing between two heartbeats is closed, and its connection dropped if the notice is not read', async () => {
    const { streams, clock, change, open } = setup({ heartbeatMs: 1000 });
    const { read } = open();
    change(...Array.from({ length: 400 }, (_, i) => `tool-${i}`));
    clock.advance(1000);
    expect(streams.size).toBe(1);
    clock.advance(1000);
    expect(streams.size).toBe(0);
    clock.advance(1000);
    await expect(read()).rejects.toThrow(/did not read/);
    expect(clock.pendingTimers).toBe(0);
  });
});

describe('limits', () => {
  test('a caller may have so many streams, all callers together so many', async () => {
    const { streams, open } = setup({ maxPerPrincipal: 2, maxTotal: 3 });
    const opened = [open(), open()];
    expect(open().response.status).toBe(429);
    expect(open({ principal: { name: 'ci', scopes } }).response.status).toBe(200);
    const full = open({ principal: { name: 'new', scopes } }).response;
    expect(full.status).toBe(503);
    expect(full.headers.get('retry-after')).toBe('15');
    await opened[0]?.cancel();
    expect(streams.size).toBe(2);
    expect(open().response.status).toBe(200);
  });

  test('a stream ends after its lifetime and says why', async () => {
    const { clock, streams, open } = setup({ heartbeatMs: 1000, maxLifetimeMs: 5000 });
    const { read } = open();
    clock.advance(4999);
    await read();
    clock.advance(1);
    expect(await read()).toBe('event: stream.closed\ndata: {"reason":"lifetime"}\n\n[end]');
    expect(streams.size).toBe(0);
  });
});

test('sends a heartbeat that is no event', async () => {
  const { clock, open } = setup({ heartbeatMs: 1000 });
  const { read } = open();
  await read();
  clock.advance(2000);
  expect(await read()).toBe(': heartbeat\n\n: heartbeat\n\n');
});

describe('no timer', () => {
  test('runs while nobody reads', async () => {
    const { clock, open } = setup();
    expect(clock.pendingTimers).toBe(0);
    const readers = [open(), open()];
    expect(clock.pendingTimers).toBe(1);
    for (const { cancel } of readers) await cancel();
    expect(clock.pendingTimers).toBe(0);
  });

  test('is left after shutdown, and every reader gets a notice', async () => {
    const { clock, streams, change, open } = setup();
    const { read } = open();
    await read();
    streams[Symbol.dispose]();
    change('late');
    expect(await read()).toBe('event: stream.closed\ndata: {"reason":"shutdown"}\n\n[end]');
    expect(clock.pendingTimers).toBe(0);
    expect(open().response.status).toBe(503);
  });
});

test('keeps little for a thousand stalled readers', () => {
  const { streams, change, open } = setup({ maxTotal: 1000, maxPerPrincipal: 1000, capacity: 2000 });
  const readers = Array.from({ length: 1000 }, () => open());
  const before = process.memoryUsage().arrayBuffers;
  change(...Array.from({ length: 1000 }, (_, i) => `tool-${i}`));
  expect(streams.size).toBe(1000);
  expect(readers).toHaveLength(1000);
  // Each holds its read-ahead of 16 KiB; the 120 KiB of events behind it are held once, by the bus.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1000 * 32 * 1024);
});

describe('a revoked credential', () => {
  test('takes its streams with it at once and says why, and no others', async () => {
    const { streams, open, callers, change } = setup();
    const revoked = open();
    const other = open({ principal: { name: 'ops', scopes: ['tools:read', 'admin'] } });
    await Promise.all([revoked.read(), other.read()]);
    callers.revoke(ops);
    change('late');
    expect(await revoked.read()).toBe('event: stream.closed\ndata: {"reason":"credential"}\n\n[end]');
    expect(await other.read()).toContain('"tool":"late"');
    expect(streams.size).toBe(1);
  });

  test('ends its streams within a heartbeat when it expires', async () => {
    const { streams, open, callers, clock } = setup();
    const expired = open();
    await expired.read();
    callers.expire(ops);
    clock.advance(15_000);
    expect(await expired.read()).toContain('"reason":"credential"');
    expect(streams.size).toBe(0);
  });

  test('cuts the stream of a reader that does not read', async () => {
    const { streams, open, callers, change } = setup();
    const stalled = open();
    for (let i = 0; i < 400; i += 1) change(`tool-${i}-${'x'.repeat(50)}`);
    callers.revoke(ops);
    expect(streams.size).toBe(0);
    await expect(stalled.read()).rejects.toThrow('did not read');
  });

  test('is checked again when the stream opens, since it may have been revoked', async () => {
    const { streams, open, callers } = setup();
    callers.revoke(ops);
    expect(await open().read()).toContain('"reason":"credential"');
    expect(streams.size).toBe(0);
  });

  test('is not listened for by streams that are disposed', () => {
    const { streams, callers } = setup();
    expect(callers.listening).toBe(1);
    streams[Symbol.dispose]();
    expect(callers.listening).toBe(0);
  });
});
