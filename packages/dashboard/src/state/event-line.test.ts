import { describe, expect, test } from 'vitest';

import { eventLine, type EventLine } from './event-line.ts';

const line = (type: string, data: unknown): EventLine | undefined =>
  eventLine({ id: '1', type, data: typeof data === 'string' ? data : JSON.stringify(data) }, 77);

describe('a line', () => {
  test.each([
    [
      'call.finished',
      { tool: 'ping', caller: 'bot', outcome: 'success', durationMs: 12.3 },
      'good',
      'ping: success in 12.3 ms, called by bot',
    ],
    [
      'call.finished',
      { tool: 'ping', caller: 'bot', outcome: 'forbidden', durationMs: 0 },
      'warn',
      'ping: forbidden, called by bot',
    ],
    [
      'breaker.changed',
      { tool: 'ping', breaker: 'ping@h', from: 'half_open', to: 'open', reason: 'probe failed', retryAfterMs: 41_500 },
      'bad',
      'ping@h: half-open → open (probe failed)',
    ],
    ['tool.changed', { tool: 'ping', change: 'disabled' }, 'warn', 'ping disabled'],
    ['job.changed', { tool: 'scan', caller: 'bot', state: 'lost' }, 'bad', 'scan: lost, called by bot'],
    [
      'approval.requested',
      { approvalId: 'a', tool: 'deploy', caller: 'bot', expiresAt: 1 },
      'warn',
      'a call of deploy by bot waits for approval',
    ],
    [
      'approval.decided',
      { approvalId: 'a', tool: 'deploy', caller: 'bot', decision: 'allowed', by: 'ops' },
      'good',
      'the call of deploy by bot: allowed',
    ],
    ['health.changed', { from: 'healthy', to: 'degraded' }, 'warn', 'healthy → degraded'],
    [
      'config.reloaded',
      { version: 2, changes: ['a.b'], restartRequired: ['server.port'] },
      'warn',
      'reloaded: a.b; needs a restart: server.port',
    ],
    [
      'config.rejected',
      { problems: ['bad', 'worse'] },
      'bad',
      'reload rejected, the running configuration stays: bad, worse',
    ],
    ['stream.closed', { reason: 'shutdown' }, 'warn', 'the server is stopping'],
    ['stream.closed', { reason: 'credential' }, 'warn', 'the key in use was changed or revoked'],
  ])('of %s %j is %s: %s', (type, data, tone, text) => {
    expect(line(type, data)).toMatchObject({ tone, text, topic: type.split('.')[0] });
  });

  test('has the time of the event, else the current time', () => {
    expect(line('tool.changed', { at: 5, tool: 'a', change: 'added' })?.at).toBe(5);
    expect(line('tool.changed', { tool: 'a', change: 'added' })?.at).toBe(77);
  });

  test('of a call is marked as one', () => {
    expect(line('call.finished', {})?.isCall).toBe(true);
    expect(line('tool.changed', {})?.isCall).toBe(false);
  });
});

test.each([
  ['the start of a call', 'call.started', {}],
  ['a type of a newer server', 'disk.full', {}],
  ['a stream at the end of its lifetime', 'stream.closed', { reason: 'lifetime' }],
])('%s has no line', (_, type, data) => expect(line(type, data)).toBeUndefined());

test.each(['', 'null', '[1]', '{"tool":{"x":1},"change":7}'])('data %s does no harm', (data) => {
  expect(line('tool.changed', data)?.text).toBe('? ?');
});
