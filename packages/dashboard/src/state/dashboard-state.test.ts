import { describe, expect, test } from 'vitest';

import type { BreakerAnswer, ToolAnswer } from '../api/answers.ts';
import { initialState, reduce, type Action, type DashboardState } from './dashboard-state.ts';
import { leadingBreaker } from './tool-view.ts';
import type { EventLine } from './event-line.ts';
import { defaultOptions } from './view-options.ts';

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
    excluded: false,
    permissions: { call: true, control: true },
  };
}

const after = (...actions: readonly Action[]): DashboardState => actions.reduce(reduce, initialState);
const toolsAt = (now: number, ...tools: readonly ToolAnswer[]): Action => ({ type: 'tools', tools, now });
const line = (text: string, isCall: boolean): EventLine => ({ at: 0, topic: 't', tone: 'neutral', text, isCall });

describe('locking', () => {
  test('leaves nothing in memory that the key gave access to', () => {
    const state = after({ type: 'unlock' }, toolsAt(0, tool('a')), { type: 'lock', keyError: 'revoked' });
    expect(state).toEqual({ ...initialState, keyError: 'revoked' });
  });

  test('resets the view, which a key that is accepted keeps', () => {
    const chosen: Action = { type: 'options', options: { text: 'dns' } };
    expect(after(chosen, { type: 'unlock' }).options.text).toBe('dns');
    expect(after(chosen, { type: 'unlock' }, { type: 'lock', keyError: '' }).options).toEqual(defaultOptions);
  });

  test('ends with a key that is accepted', () => {
    expect(after({ type: 'lock', keyError: 'x' }, { type: 'unlock' })).toEqual({ ...initialState, access: 'open' });
  });
});

describe('tools', () => {
  test('a delay of the server becomes a time on the clock of the page', () => {
    const open = { ...closed, state: 'open', retryAfterMs: 5000 } as const;
    expect(after(toolsAt(1000, tool('a', [open]))).tools?.[0]?.breakers[0]?.retryAtMs).toBe(6000);
  });

  test('a breaker that was forced open has no time at which it admits a probe', () => {
    const forcedOpen = { ...closed, state: 'open', retryAfterMs: 60_000, forced: 'open' } as const;
    expect(after(toolsAt(0, tool('a', [forcedOpen]))).tools?.[0]?.breakers[0]?.retryAtMs).toBeUndefined();
  });

  test('the selection stays while its tool is there', () => {
    const selected = after(toolsAt(0, tool('a')), { type: 'options', options: { tool: 'a' } });
    expect(reduce(selected, toolsAt(1, tool('a'), tool('b'))).options.tool).toBe('a');
    expect(reduce(selected, toolsAt(1, tool('b'))).options.tool).toBeUndefined();
  });

  test('a response clears the problem', () => {
    expect(after({ type: 'problem', text: 'down' }, toolsAt(0)).problem).toBe('');
  });
});

describe('lines', () => {
  test('newest first; calls do not push out changes', () => {
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
    { name: 'early', state: 'open', retryAfterMs: 1000, forced: null },
    { name: 'late', state: 'open', retryAfterMs: 9000, forced: null },
    { name: 'half', state: 'half_open', retryAfterMs: 0, forced: null },
  ];

  test('is the most severe, and of equal ones the one that stays open longest', () => {
    const [view] = after(toolsAt(0, tool('a', breakers))).tools ?? [];
    expect(view && leadingBreaker(view)?.name).toBe('late');
  });

  test('is undefined without breakers', () => {
    const [view] = after(toolsAt(0, tool('a', []))).tools ?? [];
    expect(view && leadingBreaker(view)).toBeUndefined();
  });
});

test.each<[Action, Partial<DashboardState>]>([
  [{ type: 'connection', status: { status: 'live' } }, { connection: { status: 'live' } }],
  [{ type: 'health', health: { status: 'warn' } }, { health: { status: 'warn' } }],
  [{ type: 'pause', paused: true }, { paused: true }],
  [
    { type: 'caller', caller: { name: 'ops', scopes: ['admin'], readOnly: false } },
    { caller: { name: 'ops', scopes: ['admin'], readOnly: false } },
  ],
  [{ type: 'links', links: { grafana: 'https://g.example/' } }, { links: { grafana: 'https://g.example/' } }],
  [{ type: 'reload', problems: ['bad'] }, { reloadProblems: ['bad'] }],
  [{ type: 'options', options: { text: 'x' } }, { options: { ...defaultOptions, text: 'x' } }],
])('%j changes the state', (action, expected) => expect(after(action)).toMatchObject(expected));

describe('events', () => {
  const tools = toolsAt(0, tool('a'), tool('b'));
  const open = { name: 'b', state: 'open', retryAfterMs: 900, forced: null } as const;

  test('change the breaker of their tool only', () => {
    const { tools: [a, b] = [] } = after(tools, { type: 'breaker', tool: 'a', breaker: open, now: 100 });
    expect(a?.breakers).toEqual([{ name: 'b', state: 'open', forced: null, retryAtMs: 1000 }]);
    expect(b?.breakers[0]?.state).toBe('closed');
  });

  test('add the breaker of a new target', () => {
    const breaker = { ...open, name: 'a@h' };
    const { tools: [a] = [] } = after(tools, { type: 'breaker', tool: 'a', breaker, now: 0 });
    expect(a?.breakers.map(({ name }) => name)).toEqual(['b', 'a@h']);
  });

  test('switch their tool', () => {
    const { tools: [a, b] = [] } = after(tools, { type: 'enabled', tool: 'a', enabled: false });
    expect([a?.enabled, b?.enabled]).toEqual([false, true]);
  });
});
