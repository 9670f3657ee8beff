import { expect, test } from 'vitest';

import { ManualClock } from '../foundation/test-support/manual-clock.ts';
import { MemoryRateLimiter } from './memory-rate-limiter.ts';
import { ToolRateLimits, type ConfiguredRateLimits } from './tool-rate-limits.ts';

const minute = (requests: number): { requests: number; windowMs: number } => ({ requests, windowMs: 60_000 });

function limits(configured: ConfiguredRateLimits): { limits: ToolRateLimits; allowed: (tool: string) => number } {
  const clock = new ManualClock();
  const made = new ToolRateLimits(configured, (each) => new MemoryRateLimiter({ ...each, clock }));
  const allowed = (tool: string): number => {
    let calls = 0;
    while (calls < 20) {
      const decision = made.take({ caller: 'a', tool });
      if (decision instanceof Promise || !decision.allowed) break;
      calls += 1;
    }
    return calls;
  };
  return { limits: made, allowed };
}

test('a tool with a limit of its own has that, and others have the general one', () => {
  const { limits: made, allowed } = limits({ general: minute(3), tools: new Map([['slow', minute(1)]]) });
  expect([allowed('slow'), allowed('ping'), allowed('df')]).toEqual([1, 3, 3]);
  expect([made.limitsOf('slow'), made.limitsOf('ping')]).toEqual([minute(1), minute(3)]);
});

test('without a general limit only the tools with their own are limited', () => {
  const { limits: made, allowed } = limits({ tools: new Map([['slow', minute(2)]]) });
  expect([allowed('slow'), allowed('ping')]).toEqual([2, 20]);
  expect(made.limitsOf('ping')).toBeUndefined();
});

test('a reload adds, changes and removes limits; what was used stays used', () => {
  const { limits: made, allowed } = limits({ general: minute(3), tools: new Map([['slow', minute(2)]]) });
  expect(allowed('slow')).toBe(2);
  made.configure({
    general: minute(4),
    tools: new Map([
      ['slow', minute(5)],
      ['df', minute(1)],
    ]),
  });
  expect([allowed('slow'), allowed('df'), allowed('ping')]).toEqual([0, 1, 4]);
  made.configure({ general: minute(4), tools: new Map() });
  expect([allowed('slow'), made.limitsOf('slow')]).toEqual([4, minute(4)]);
});
