import { describe, expect, test } from 'vitest';

import type { BreakerAnswer, ToolAnswer } from '../api/answers.ts';
import { initialState, leadingBreaker, reduce, type Action, type DashboardState } from './dashboard-state.ts';
import type { EventLine } from './event-line.ts';

const closed: BreakerAnswer = { name: 'b', state: 'closed', retryAfterMs: 0, forced: null };

function tool(name: string, breakers: readonly BreakerAnswer[] = [closed]): ToolAnswer {
  return {
    name,
    description: '',
    enabled: true,
    available: { ok: true },
    running: 0,
    queued: 0,
    circuitBreaker: { scope: 'tool', state: 'closed', breakers },
    statistics: null,
  };
}

const after = (...actions: readonly Action[]): DashboardState => actions.reduce(reduce, initialState);
const toolsAt = (now: number, ...tools: readonly ToolAnswer[]): Action => ({ type: 'tools', tools, now });
const line = (text: string, isCall: boolean): EventLine => ({ at: 0, topic: 't', tone: 'neutral', text, isCall });

describe('locking', () => {
  test('leaves nothing behind of what the key let us see', () => {
    const state = after({ type: 'unlock' }, toolsAt(0, tool('a')), { type: 'lock', refusal: 'withdrawn' });
    expect(state).toEqual({ ...initialState, refusal: 'withdrawn' });
  });

  test('is undone by a key that works', () => {
    expect(after({ type: 'lock', refusal: 'x' }, { type: 'unlock' })).toEqual({ ...initialState, access: 'open' });
  });
});

describe('tools', () => {
  test('a wait told by the server becomes a moment of the page', () => {
    const open = { ...closed, state: 'open', retryAfterMs: 5000 } as const;
    expect(after(toolsAt(1000, tool('a', [open]))).tools?.[0]?.breakers[0]?.retryAt).toBe(6000);
  });

  test('a breaker that is held open has no moment at which it opens up', () => {
    const held = { ...closed, state: 'open', retryAfterMs: 60_000, forced: 'open' } as const;
    expect(after(toolsAt(0, tool('a', [held]))).tools?.[0]?.breakers[0]?.retryAt).toBeUndefined();
  });

  test('the selection stays while its tool is there', () => {
    const selected = after(toolsAt(0, tool('a')), { type: 'select', tool: 'a' });
    expect(reduce(selected, toolsAt(1, tool('a'), tool('b'))).selected).toBe('a');
    expect(reduce(selected, toolsAt(1, tool('b'))).selected).toBeUndefined();
  });

  test('an answer ends the trouble', () => {
    expect(after({ type: 'trouble', text: 'down' }, toolsAt(0)).trouble).toBe('');
  });
});

describe('lines', () => {
  test('newest first; any number of calls does not push out what changed', () => {
    const calls = Array.from({ length: 300 }, (_, i): Action => ({ type: 'line', line: line(`call ${i}`, true) }));
    const { lines } = after({ type: 'line', line: line('change', false) }, ...calls);
    expect(lines[0]?.text).toBe('call 299');
    expect(lines.at(-1)?.text).toBe('change');
    expect(lines).toHaveLength(101);
  });
});

describe('the leading breaker', () => {
  const breakers: BreakerAnswer[] = [
    closed,
    { name: 'soon', state: 'open', retryAfterMs: 1000, forced: null },
    { name: 'late', state: 'open', retryAfterMs: 9000, forced: null },
    { name: 'half', state: 'half_open', retryAfterMs: 0, forced: null },
  ];

  test('is the worst, and of equals the one that takes longest', () => {
    const [view] = after(toolsAt(0, tool('a', breakers))).tools ?? [];
    expect(view && leadingBreaker(view)?.name).toBe('late');
  });

  test('is none where there is no breaker yet', () => {
    const [view] = after(toolsAt(0, tool('a', []))).tools ?? [];
    expect(view && leadingBreaker(view)).toBeUndefined();
  });
});

test.each<[Action, Partial<DashboardState>]>([
  [{ type: 'connection', status: { status: 'live' } }, { connection: { status: 'live' } }],
  [{ type: 'health', health: { status: 'warn' } }, { health: { status: 'warn' } }],
  [{ type: 'pause', paused: true }, { paused: true }],
])('%j is taken over', (action, expected) => expect(after(action)).toMatchObject(expected));
