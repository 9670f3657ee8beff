import { describe, expect, test } from 'vitest';

import type { BreakerView, ToolView } from './tool-view.ts';
import { listTools, SORT_KEYS, type ListedTool, type ListOptions, type SortKey, type ToolFilter } from './tool-list.ts';

const closed: BreakerView = { name: 'b', state: 'closed', forced: null, retryAtMs: undefined };

interface Given {
  readonly breaker?: Partial<BreakerView>;
  readonly missing?: true;
  readonly off?: true;
  readonly calls?: number;
  readonly failed?: number;
  readonly p95?: number;
}

function listed(name: string, { breaker, missing, off, calls = 0, failed = 0, p95 }: Given = {}): ListedTool {
  const tool: ToolView = {
    name,
    description: `about ${name}`,
    enabled: off !== true,
    available: missing ? { ok: false, reason: 'not installed' } : { ok: true },
    running: 0,
    queued: 0,
    circuitBreaker: { scope: 'tool', state: 'closed', breakers: [] },
    breakers: [{ ...closed, ...breaker }],
    statistics: { count: 1, window: { sampleCount: 1, p50Ms: null, p95Ms: p95 ?? null, p99Ms: null } },
    excluded: false,
    permissions: { call: true, control: true },
  };
  const counts = { calls, failed, rejected: 0 };
  return { tool, minute: counts, fiveMinutes: counts };
}

const tools = [
  listed('quiet'),
  listed('busy', { calls: 90, p95: 20 }),
  listed('failing', { calls: 10, failed: 2, p95: 900 }),
  listed('off', { off: true }),
  listed('missing', { missing: true }),
  listed('broken', { breaker: { state: 'open' } }),
  listed('probing', { breaker: { state: 'half_open' } }),
  listed('pinned', { breaker: { forced: 'closed' } }),
];

function names(options: Partial<ListOptions>): string[] {
  const all = { text: '', show: 'all', sort: 'problems', reversed: false, ...options } as const;
  return listTools(tools, all).map(({ tool }) => tool.name);
}

describe('sorting', () => {
  test('problems come first: open, half-open, unavailable, forced closed, errors; then the order of the server', () => {
    expect(names({})).toEqual(['broken', 'probing', 'missing', 'pinned', 'failing', 'quiet', 'busy', 'off']);
  });

  test.each<[SortKey, string]>([
    ['name', 'broken'],
    ['enabled', 'off'],
    ['breaker', 'broken'],
    ['rate', 'busy'],
    ['errors', 'failing'],
    ['p95', 'failing'],
  ])('by %s begins with %s', (sort, first) => expect(names({ sort })[0]).toBe(first));

  test('what has no value is last, and first when reversed', () => {
    expect(names({ sort: 'p95' }).slice(0, 2)).toEqual(['failing', 'busy']);
    expect(names({ sort: 'p95', reversed: true }).slice(-2)).toEqual(['busy', 'failing']);
  });

  test.each(SORT_KEYS)('by %s loses no tool', (sort) => {
    expect(names({ sort }).toSorted()).toEqual(tools.map(({ tool }) => tool.name).toSorted());
  });
});

test('a tool that is off comes after those that work, wherever the server has it', () => {
  const options = { text: '', show: 'all', sort: 'problems', reversed: false } as const;
  const order = listTools(
    [listed('excluded', { off: true }), listed('works'), listed('fails', { failed: 1 })],
    options,
  );
  expect(order.map(({ tool }) => tool.name)).toEqual(['fails', 'works', 'excluded']);
});

describe('filtering', () => {
  test.each<[ToolFilter, readonly string[]]>([
    ['problems', ['broken', 'probing', 'missing', 'pinned', 'failing']],
    ['breakers', ['broken', 'probing', 'pinned']],
    ['errors', ['failing']],
    ['unavailable', ['missing']],
    ['disabled', ['off']],
  ])('by %s shows %j', (show, expected) => expect(names({ show })).toEqual(expected));

  test('by text looks at name and description, in any case', () => {
    expect(names({ text: ' BUS ' })).toEqual(['busy']);
    expect(names({ text: 'about' })).toHaveLength(tools.length);
  });
});
