import { describe, expect, test } from 'vitest';

import type { Principal } from '../../access/principal.ts';
import { isVisibleTo } from './event-audience.ts';
import type { ServerEvent, ServerEventData, ServerEventType } from './server-events.ts';

const narrow: Principal = { name: 'narrow', scopes: ['tools:read', 'tools:call:dns_*'] };
const monitor: Principal = { name: 'monitor', scopes: ['tools:read'] };

function event<T extends ServerEventType>(type: T, data: ServerEventData[T]): ServerEvent {
  return { id: '1', at: 0, type, data } as ServerEvent;
}

const started = (tool: string, caller = 'someone'): ServerEvent =>
  event('call.started', { correlationId: 'c', tool, caller });
const breaker = (tool: string, target = ''): ServerEvent =>
  event('breaker.changed', {
    tool,
    breaker: tool + target,
    from: 'closed',
    to: 'open',
    reason: 'failures',
    retryAfterMs: 1,
    forced: null,
  });

test.each([
  ['its caller', narrow, 'narrow', true],
  ['another caller', narrow, 'someone', false],
  ['an operator who may approve', { name: 'ops', scopes: ['approvals'] }, 'someone', true],
  ['a monitor', monitor, 'someone', false],
])('a call that waits for approval is reported to %s: %#', (_, reader, caller, expected) => {
  const waits = event('approval.requested', { approvalId: 'a', tool: 'dns_lookup', caller, expiresAt: 0 });
  expect(isVisibleTo(reader, waits)).toBe(expected);
});

describe('a reader of events', () => {
  test.each([
    ['a call of its tool', started('dns_lookup'), true],
    ['a call of a tool that is denied to it', started('nmap'), false],
    ['its own call of a tool that does not exist', started('__unknown__', 'narrow'), true],
    ['the breaker of its tool', breaker('dns_lookup'), true],
    ['the breaker of its tool for one target', breaker('dns_lookup', '@10.0.0.1'), true],
    ['the breaker of a denied tool for one target', breaker('nmap', '@10.0.0.1'), false],
    ['a denied tool that was switched off', event('tool.changed', { tool: 'nmap', change: 'disabled' }), false],
    ['the health of the whole', event('health.changed', { from: 'healthy', to: 'degraded' }), true],
  ])('with a narrow scope receives %s: %#', (_, published, expected) => {
    expect(isVisibleTo(narrow, published)).toBe(expected);
  });

  test('that may read and call nothing receives the events of every tool', () => {
    expect([started('nmap'), breaker('nmap', '@10.0.0.1')].map((published) => isVisibleTo(monitor, published))).toEqual(
      [true, true],
    );
  });

  test.each([
    event('config.reloaded', { version: 2, changes: ['tools.hidden.description'], restartRequired: [] }),
    event('config.rejected', { problems: ['tools.hidden.command: unknown key'] }),
  ])('receives $type only as an administrator', (published) => {
    expect(isVisibleTo(narrow, published)).toBe(false);
    expect(isVisibleTo(monitor, published)).toBe(false);
    expect(isVisibleTo({ name: 'root', scopes: ['admin'] }, published)).toBe(true);
  });
});
