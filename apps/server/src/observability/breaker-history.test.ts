import { expect, test } from 'vitest';

import { BreakerHistory } from './breaker-history.ts';
import { MemoryEventBus } from './events/memory-event-bus.ts';

function setup() {
  const events = new MemoryEventBus();
  const history = new BreakerHistory(events);
  const change = (tool: string, reason: string): void =>
    events.publish('breaker.changed', {
      tool,
      breaker: `${tool}@h`,
      from: 'closed',
      to: 'open',
      reason,
      retryAfterMs: 1,
      forced: null,
    });
  const reasons = (tool: string): string[] => history.of(tool).map(({ reason }) => reason);
  return { events, history, change, reasons };
}

test('lists the transitions of a tool, newest first', () => {
  const { history, change, reasons } = setup();
  change('a', 'first');
  change('b', 'other');
  change('a', 'second');
  expect(reasons('a')).toEqual(['second', 'first']);
  expect(history.of('b')[0]).toMatchObject({ breaker: 'b@h', from: 'closed', to: 'open' });
  expect(reasons('unknown')).toEqual([]);
});

test('keeps 20 transitions of a tool', () => {
  const { change, reasons } = setup();
  for (let i = 0; i < 30; i++) change('a', String(i));
  expect(reasons('a')).toHaveLength(20);
  expect(reasons('a')[0]).toBe('29');
});

test('forgets a removed tool', () => {
  const { events, change, reasons } = setup();
  change('a', 'x');
  events.publish('tool.changed', { tool: 'a', change: 'disabled' });
  expect(reasons('a')).toEqual(['x']);
  events.publish('tool.changed', { tool: 'a', change: 'removed' });
  expect(reasons('a')).toEqual([]);
});

test('records nothing after it was disposed', () => {
  const { history, change, reasons } = setup();
  history[Symbol.dispose]();
  change('a', 'x');
  expect(reasons('a')).toEqual([]);
});
