import { describe, expect, test } from 'vitest';
import { MemoryEventBus } from './memory-event-bus.ts';
import type { ServerEvent } from './server-events.ts';

const publish = (bus: MemoryEventBus, ...tools: string[]): void => {
  for (const tool of tools) bus.publish('tool.changed', { tool, change: 'enabled' });
};
const tools = (events: readonly ServerEvent[] | undefined): string[] | undefined =>
  events?.map((event) => (event.type === 'tool.changed' ? event.data.tool : event.type));

test('tells each listener of each event once, in order, until it leaves', () => {
  const bus = new MemoryEventBus({ clock: { epochMs: () => 5 } });
  const heard: ServerEvent[] = [];
  const subscription = bus.subscribe((event) => heard.push(event));
  publish(bus, 'a', 'b');
  subscription[Symbol.dispose]();
  publish(bus, 'c');
  expect(tools(heard)).toEqual(['a', 'b']);
  expect(heard[0]).toMatchObject({ at: 5, type: 'tool.changed' });
});

test('a listener that throws harms neither the publisher nor the other listeners', () => {
  const bus = new MemoryEventBus();
  const heard: string[] = [];
  bus.subscribe(() => {
    throw new Error('mine');
  });
  bus.subscribe((event) => heard.push(event.type));
  expect(() => publish(bus, 'a')).not.toThrow();
  expect(heard).toEqual(['tool.changed']);
});

describe('eventsAfter', () => {
  test('gives what came after an id, oldest first, as many as asked for', () => {
    const bus = new MemoryEventBus();
    const start = bus.latestId;
    publish(bus, 'a', 'b', 'c');
    expect(tools(bus.eventsAfter(start))).toEqual(['a', 'b', 'c']);
    expect(tools(bus.eventsAfter(start, 2))).toEqual(['a', 'b']);
    expect(tools(bus.eventsAfter(bus.eventsAfter(start)?.[0]?.id ?? ''))).toEqual(['b', 'c']);
    expect(bus.eventsAfter(bus.latestId)).toEqual([]);
  });

  test('says so when some of them are gone, and not before', () => {
    const bus = new MemoryEventBus({ capacity: 3 });
    const start = bus.latestId;
    publish(bus, 'a', 'b', 'c');
    expect(tools(bus.eventsAfter(start))).toEqual(['a', 'b', 'c']);
    publish(bus, 'd');
    expect(bus.eventsAfter(start)).toBeUndefined();
  });

  test('knows only ids of its own: not those of another run, of the future, or made up', () => {
    const bus = new MemoryEventBus();
    publish(bus, 'a');
    const epoch = bus.latestId.split('-')[0];
    for (const id of [
      '',
      '1',
      'x',
      `${epoch}-2`,
      `${epoch}-01`,
      `${epoch}-`,
      `${epoch}--1`,
      new MemoryEventBus().latestId,
    ]) {
      expect(bus.eventsAfter(id)).toBeUndefined();
    }
  });
});

test.each([0, -1, 1.5, 100_001, Number.NaN])('refuses a capacity of %d', (capacity) => {
  expect(() => new MemoryEventBus({ capacity })).toThrow(/from 1 to 100000/);
});
