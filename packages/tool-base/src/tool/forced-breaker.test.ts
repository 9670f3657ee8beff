import { beforeEach, describe, expect, test, vi } from 'vitest';
import { TargetPolicy, type ToolResult } from '../index.ts';
import { ManualClock } from '../test-support/manual-clock.ts';
import { call, makeTool as makeProbe, never, type Run } from '../test-support/probe-tool.ts';

const lab = new TargetPolicy({ allowed: ['.lab.internal'] });
let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock();
});

const makeTool: typeof makeProbe = (run, spec, options) => makeProbe(run, spec, { clock, ...options });

describe('a breaker that an operator forces', () => {
  test.each(['tool', 'target'] as const)(
    'an operator switches off a tool of scope %s for every target',
    async (scope) => {
      const run = vi.fn<Run>(() => 'x');
      const target = { parameter: 'host', kind: 'host', resolve: 'off' } as const;
      const tool = makeTool(run, { target, circuitBreaker: { scope, maxTargets: 2 } }, { policy: lab });
      const callOf = (host: string): Promise<ToolResult> => call(tool, { arguments: { host: `${host}.lab.internal` } });
      const namesBefore = [...tool.breakers].map(({ name }) => name);
      tool.breakers.force('open', 'by ops');
      for (const host of ['a', 'b', 'c', 'd']) {
        const { error } = await callOf(host);
        expect(error).toMatchObject({
          type: 'circuit_breaker_open',
          message: expect.stringContaining('by an operator; do not retry'),
        });
        expect(error).not.toHaveProperty('retryAfterMs');
      }
      expect(run).not.toHaveBeenCalled();
      expect([...tool.breakers].map(({ name, forced }) => [name, forced])).toEqual([['probe', 'open']]);
      tool.breakers.reset();
      expect([...tool.breakers].map(({ name }) => name)).toEqual(namesBefore);
      expect((await callOf('a')).ok).toBe(true);
    },
  );

  test('a breaker that is forced closed admits the calls of every target', async () => {
    const target = { parameter: 'host', kind: 'host', resolve: 'off' } as const;
    const circuitBreaker = { scope: 'target', failureThreshold: 1 } as const;
    const tool = makeTool(() => Promise.reject(new Error('x')), { target, circuitBreaker }, { policy: lab });
    const callOf = (): Promise<ToolResult> => call(tool, { arguments: { host: 'a.lab.internal' } });
    await callOf();
    expect((await callOf()).error?.type).toBe('circuit_breaker_open');
    tool.breakers.force('closed');
    expect((await callOf()).error?.type).toBe('execution_error');
    expect((await callOf()).error?.type).toBe('execution_error');
  });

  test('queued calls of a tool that an operator switches off are rejected at once', async () => {
    const tool = makeTool(never, { limits: { concurrency: 1 } });
    void call(tool);
    const queued = call(tool);
    await clock.advanceAsync(0);
    tool.breakers.force('open');
    expect((await queued).error?.message).toContain('by an operator');
  });

  test.each([0, 10_001, 1.5, Number.NaN])('breakers for %s targets are refused', (maxTargets) => {
    expect(() => makeTool(() => 'x', { circuitBreaker: { scope: 'target', maxTargets } })).toThrow('maxTargets');
  });
});
