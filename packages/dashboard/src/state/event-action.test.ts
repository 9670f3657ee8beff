import { expect, test } from 'vitest';

import { actionOf } from './event-action.ts';

test('a transition of a breaker sets its state and the time of the next probe', () => {
  const event = { tool: 'ping', breaker: 'ping@h', from: 'closed', to: 'open', forced: null, retryAfterMs: 500 };
  expect(actionOf('breaker.changed', event, 7)).toEqual({
    type: 'breaker',
    tool: 'ping',
    breaker: { name: 'ping@h', state: 'open', forced: null, retryAfterMs: 500 },
    now: 7,
  });
});

test('a forced state stays forced', () => {
  const event = { tool: 'ping', breaker: 'ping', to: 'open', forced: 'open', retryAfterMs: 0 };
  expect(actionOf('breaker.changed', event, 0)).toMatchObject({ breaker: { forced: 'open' } });
});

test('a rejected reload has its problems until a reload succeeds', () => {
  expect(actionOf('config.rejected', { problems: ['a', 'b'] }, 0)).toEqual({ type: 'reload', problems: ['a', 'b'] });
  expect(actionOf('config.reloaded', { version: 2 }, 0)).toEqual({ type: 'reload', problems: [] });
});

test.each([
  ['enabled', true],
  ['disabled', false],
])('a tool that was %s is switched', (change, enabled) => {
  expect(actionOf('tool.changed', { tool: 'ping', change }, 0)).toEqual({ type: 'enabled', tool: 'ping', enabled });
});

test.each([
  ['a new tool, which the event does not describe', 'tool.changed', { tool: 'ping', change: 'added' }],
  ['a call', 'call.finished', { tool: 'ping' }],
  ['a state of a newer server', 'breaker.changed', { tool: 'ping', breaker: 'ping', to: 'isolated' }],
  ['a breaker without a tool', 'breaker.changed', { breaker: 'ping', to: 'open' }],
])('%s changes nothing', (_, type, fields) => expect(actionOf(type, fields, 0)).toBeUndefined());
