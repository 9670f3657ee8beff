import { expect, test } from 'vitest';

import { MemoryEventBus } from '../../observability/events/memory-event-bus.ts';
import { SharedEvents } from './shared-events.ts';

/** An engine whose stream is this array; `deliver` passes it on to every server. */
class Stream {
  state: 'up' | 'down' = 'up';
  watched = true;
  replica = 'r';
  readonly items: string[] = [];
  watch(): void {
    this.watched = true;
  }
  async append(event: string): Promise<void> {
    this.items.push(event);
  }
  async appendGap(): Promise<void> {
    this.items.push('gap');
  }
}

function setUp(): {
  stream: Stream;
  own: MemoryEventBus;
  shared: SharedEvents;
  deliver: () => void;
  gaps: () => number;
} {
  const stream = new Stream();
  const own = new MemoryEventBus();
  const shared = new SharedEvents({ engine: stream, own });
  let [delivered, gaps] = [0, 0];
  shared.onGap(() => (gaps += 1));
  const deliver = (): void => {
    for (; delivered < stream.items.length; delivered++)
      shared.receive(`e-${delivered}`, stream.items[delivered] ?? '');
  };
  return { stream, own, shared, deliver, gaps: () => gaps };
}

const change = { tool: 'ping', change: 'disabled' } as const;

test('events come in the order of the engine, with its ids and the name of the server', () => {
  const { own, shared, deliver } = setUp();
  const seen: unknown[] = [];
  shared.subscribe((event) => seen.push(event));
  own.publish('tool.changed', change);
  expect(seen).toEqual([]);
  deliver();
  expect(seen).toEqual([
    { id: 'e-0', at: expect.any(Number), type: 'tool.changed', data: { ...change, replica: 'r' } },
  ]);
});

test('a reader goes on after the id of any server, and an unknown id is a gap', () => {
  const { own, shared, deliver } = setUp();
  for (let index = 0; index < 3; index++) own.publish('tool.changed', change);
  deliver();
  expect(shared.eventsAfter('e-0')?.map(({ id }) => id)).toEqual(['e-1', 'e-2']);
  expect(shared.eventsAfter('e-2')).toEqual([]);
  expect(shared.eventsAfter('e-9')).toBeUndefined();
});

test('while the engine is down readers get the events of this server, and the others a gap afterwards', async () => {
  const { stream, own, shared } = setUp();
  stream.state = 'down';
  own.publish('tool.changed', change);
  expect(shared.latestId).toBe(own.latestId);
  stream.state = 'up';
  await shared.catchUp();
  await shared.catchUp();
  expect(stream.items).toEqual(['gap']);
});

test('events of calls are shared only while somebody reads, and who returns after that is notified of a gap', () => {
  const { stream, own, shared, deliver, gaps } = setUp();
  own.publish('tool.changed', change);
  deliver();
  stream.watched = false;
  own.publish('call.started', { correlationId: 'c', tool: 'ping', caller: 'ann' });
  expect(stream.items).toHaveLength(1);
  shared.watch();
  expect(gaps()).toBe(1);
  expect(shared.eventsAfter('e-0')).toBeUndefined();
  own.publish('call.started', { correlationId: 'c', tool: 'ping', caller: 'ann' });
  expect(stream.items).toHaveLength(2);
});

test('a reader who was there before the first event gets it, also after what was kept was forgotten', () => {
  const { own, shared, deliver } = setUp();
  const atStart = shared.latestId;
  own.publish('tool.changed', change);
  deliver();
  expect(shared.eventsAfter(atStart)?.map(({ id }) => id)).toEqual(['e-0']);
  shared.forget();
  const afterwards = shared.latestId;
  own.publish('tool.changed', change);
  deliver();
  expect(shared.eventsAfter(afterwards)?.map(({ id }) => id)).toEqual(['e-1']);
  expect(shared.eventsAfter(atStart)).toBeUndefined();
});

test('what is no event of a server reaches no reader', () => {
  const { shared } = setUp();
  const seen: unknown[] = [];
  shared.subscribe((event) => seen.push(event));
  const event = { at: 1, type: 'tool.changed', data: change, replica: 'r' };
  const others = [null, 5, 'x', [], {}, { ...event, at: '2026' }, { ...event, data: 'x' }, { ...event, data: [1] }];
  const types = [5, '', 'a\nevent: forged', 'a'.repeat(100)].map((type) => ({ ...event, type }));
  const long = { ...event, data: { tool: 'a'.repeat(100_000) } };
  for (const each of [...others, ...types, { ...event, replica: undefined }, long])
    shared.receive('e-1', JSON.stringify(each));
  shared.receive('e-2', '{');
  expect(seen).toEqual([]);
  shared.receive('e-3', JSON.stringify({ ...event, type: 'newer.kind' }));
  expect(seen).toMatchObject([{ id: 'e-3', type: 'newer.kind' }]);
});
