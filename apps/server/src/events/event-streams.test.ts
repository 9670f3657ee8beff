import { describe, expect, it } from 'vitest';
import { EventStreams, type EventStreamsOptions, type OpenStreamOptions } from './event-streams.ts';
import { MemoryEventBus } from './memory-event-bus.ts';

/** Time that moves only when told to, and knows which timers are left. */
class ManualTime {
  #now = 0;
  readonly timers = new Set<{ ms: number; due: number; tick: () => void }>();

  now(): number {
    return this.#now;
  }

  every(ms: number, tick: () => void): Disposable {
    const timer = { ms, due: this.#now + ms, tick };
    this.timers.add(timer);
    return { [Symbol.dispose]: () => void this.timers.delete(timer) };
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const next = [...this.timers].sort((a, b) => a.due - b.due)[0];
      if (next === undefined || next.due > end) break;
      this.#now = next.due;
      next.due += next.ms;
      next.tick();
    }
    this.#now = end;
  }
}

interface Reader {
  response: Response;
  /** Everything that has arrived since the last call. */
  read: () => Promise<string>;
  cancel: () => Promise<void>;
}

function setup(options: Partial<EventStreamsOptions> & { capacity?: number } = {}): {
  bus: MemoryEventBus;
  streams: EventStreams;
  time: ManualTime;
  change: (...tools: string[]) => void;
  open: (options?: Partial<OpenStreamOptions>) => Reader;
} {
  const { capacity = 1000, ...rest } = options;
  const bus = new MemoryEventBus({ capacity, now: () => 7 });
  const time = new ManualTime();
  const streams = new EventStreams({ bus, time, ...rest });
  return {
    bus,
    streams,
    time,
    change: (...tools) => tools.forEach((tool) => bus.publish('tool.changed', { tool, change: 'enabled' })),
    open: (opening = {}) => reader(streams.open({ principal: 'ops', ...opening })),
  };
}

function reader(response: Response): Reader {
  const source = (response.body ?? new ReadableStream<Uint8Array>()).getReader();
  let pending: Promise<string | undefined> | undefined;
  const next = (): Promise<string | undefined> =>
    source.read().then(({ done, value }) => (done ? undefined : Buffer.from(value).toString()));
  return {
    response,
    async read() {
      let text = '';
      for (;;) {
        pending ??= next();
        const chunk = await Promise.race([pending, new Promise<null>((resolve) => setImmediate(resolve, null))]);
        if (chunk === null) return text;
        pending = undefined;
        if (chunk === undefined) return `${text}[end]`;
        text += chunk;
      }
    },
    cancel: () => source.cancel(),
  };
}

const toolsIn = (text: string): string[] =>
  [...text.matchAll(/"tool":"(?<tool>[^"]*)"/g)].map((m) => m.groups?.['tool'] ?? '');
const idsIn = (text: string): string[] => [...text.matchAll(/^id: (?<id>.*)$/gm)].map((m) => m.groups?.['id'] ?? '');

describe('a reader', () => {
  it('gets each event as one frame with id, type and JSON, as it happens', async () => {
    const { bus, open } = setup();
    const { response, read } = open();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream');
    expect(response.headers.get('cache-control')).toBe('no-store');
    await read();
    bus.publish('health.changed', { from: 'healthy', to: 'degraded' });
    expect(await read()).toBe(
      `id: ${bus.latestId}\nevent: health.changed\ndata: {"at":7,"from":"healthy","to":"degraded"}\n\n`,
    );
  });

  it('cannot be fed a frame by text in an event', async () => {
    const { change, open } = setup();
    const { read } = open();
    await read();
    change('x\n\nevent: forged\r\ndata: {}\u2028');
    expect((await read()).match(/^event: .*$/gm)).toEqual(['event: tool.changed']);
  });

  it('sees only what its filter lets through', async () => {
    const { change, open } = setup();
    const { read } = open({ filter: (event) => event.type !== 'tool.changed' || event.data.tool !== 'secret' });
    change('secret', 'open');
    expect(toolsIn(await read())).toEqual(['open']);
  });
});

describe('replay', () => {
  it('goes on after the Last-Event-ID without a gap or a double', async () => {
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

  it('works from the moment of opening, even if no event was ever received', async () => {
    const { change, open } = setup();
    const first = open();
    const [lastEventId] = idsIn(await first.read());
    await first.cancel();
    change('a');
    expect(toolsIn(await open({ lastEventId }).read())).toEqual(['a']);
  });

  it('says that events are missing when the id is too old, of another run, or made up', async () => {
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

  it('of more than fits the read-ahead arrives whole', async () => {
    const { bus, change, open } = setup();
    const lastEventId = bus.latestId;
    const all = Array.from({ length: 900 }, (_, i) => `tool-${i}`);
    change(...all);
    expect(toolsIn(await open({ lastEventId }).read())).toEqual(all);
  });
});

describe('a slow reader', () => {
  it('that catches up in time misses nothing', async () => {
    const { change, open } = setup();
    const { read } = open();
    const all = Array.from({ length: 1000 }, (_, i) => `tool-${i}`);
    change(...all);
    expect(toolsIn(await read())).toEqual(all);
  });

  it('that falls out of the ring is dropped and told so, and holds up nobody', async () => {
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

  it('that takes nothing for two heartbeats is dropped, and cut off if it does not take even that', async () => {
    const { streams, time, change, open } = setup({ heartbeatMs: 1000 });
    const { read } = open();
    change(...Array.from({ length: 400 }, (_, i) => `tool-${i}`));
    time.advance(1000);
    expect(streams.size).toBe(1);
    time.advance(1000);
    expect(streams.size).toBe(0);
    time.advance(1000);
    await expect(read()).rejects.toThrow(/last word/);
    expect(time.timers.size).toBe(0);
  });
});

describe('limits', () => {
  it('a caller may have so many streams, all callers together so many', async () => {
    const { streams, open } = setup({ maxPerPrincipal: 2, maxTotal: 3 });
    const opened = [open(), open()];
    expect(open().response.status).toBe(429);
    expect(open({ principal: 'ci' }).response.status).toBe(200);
    const full = open({ principal: 'new' }).response;
    expect(full.status).toBe(503);
    expect(full.headers.get('retry-after')).toBe('15');
    await opened[0]?.cancel();
    expect(streams.size).toBe(2);
    expect(open().response.status).toBe(200);
  });

  it('a stream ends after its lifetime and says why', async () => {
    const { time, streams, open } = setup({ heartbeatMs: 1000, maxLifetimeMs: 5000 });
    const { read } = open();
    time.advance(4999);
    await read();
    time.advance(1);
    expect(await read()).toBe('event: stream.closed\ndata: {"reason":"lifetime"}\n\n[end]');
    expect(streams.size).toBe(0);
  });
});

it('sends a heartbeat that is no event', async () => {
  const { time, open } = setup({ heartbeatMs: 1000 });
  const { read } = open();
  await read();
  time.advance(2000);
  expect(await read()).toBe(': heartbeat\n\n: heartbeat\n\n');
});

describe('no timer', () => {
  it('runs while nobody reads', async () => {
    const { time, open } = setup();
    expect(time.timers.size).toBe(0);
    const readers = [open(), open()];
    expect(time.timers.size).toBe(1);
    for (const { cancel } of readers) await cancel();
    expect(time.timers.size).toBe(0);
  });

  it('is left after shutdown, which every reader is told of', async () => {
    const { time, streams, change, open } = setup();
    const { read } = open();
    await read();
    streams[Symbol.dispose]();
    change('late');
    expect(await read()).toBe('event: stream.closed\ndata: {"reason":"shutdown"}\n\n[end]');
    expect(time.timers.size).toBe(0);
    expect(open().response.status).toBe(503);
  });
});

it('keeps little for a thousand stuck readers', () => {
  const { streams, change, open } = setup({ maxTotal: 1000, maxPerPrincipal: 1000, capacity: 2000 });
  const readers = Array.from({ length: 1000 }, () => open());
  const before = process.memoryUsage().arrayBuffers;
  change(...Array.from({ length: 1000 }, (_, i) => `tool-${i}`));
  expect(streams.size).toBe(1000);
  expect(readers).toHaveLength(1000);
  // Each holds its read-ahead of 16 KiB; the 120 KiB of events behind it are held once, by the bus.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1000 * 32 * 1024);
});
