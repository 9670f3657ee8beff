import * as v from 'valibot';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { toolContent } from '../index.ts';
import { ManualClock } from '../test-support/manual-clock.ts';
import { after, call, makeTool as makeProbe, never } from '../test-support/probe-tool.ts';

let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock();
});

const makeTool: typeof makeProbe = (run, spec, options) => makeProbe(run, spec, { clock, ...options });

describe('the deadline', () => {
  test('a run past its limit is a timeout, and the tool sees its signal aborted', async () => {
    let seen: AbortSignal | undefined;
    const tool = makeTool(
      (_, { signal }) => {
        seen = signal;
        return never();
      },
      { limits: { timeoutMs: 1000 } },
    );
    const result = call(tool);
    await clock.advanceAsync(999);
    expect(seen?.aborted).toBe(false);
    await clock.advanceAsync(1);
    expect(await result).toMatchObject({ ok: false, error: { type: 'timeout' }, meta: { durationMs: 1000 } });
    expect(seen?.aborted).toBe(true);
  });

  test('a tool that reads its signal only after the deadline finds it aborted', async () => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const tool = makeTool(
      async (_, context) => {
        await after(clock, 2000);
        resolve(context.signal.aborted);
      },
      { limits: { timeoutMs: 1000 } },
    );
    const result = call(tool);
    await clock.advanceAsync(2000);
    expect((await result).error?.type).toBe('timeout');
    expect(await promise).toBe(true);
  });

  test('the caller may ask for less time than the tool has', async () => {
    const result = call(makeTool(never), { timeoutMs: 10 });
    await clock.advanceAsync(10);
    expect((await result).error?.type).toBe('timeout');
  });

  test('the context has the deadline in epoch milliseconds', async () => {
    clock.setEpoch(1_000_000);
    const tool = makeTool((_, { deadline }) => ({ deadline }), { limits: { timeoutMs: 5000 } });
    expect((await call(tool)).structured).toEqual({ deadline: 1_005_000 });
  });

  test('a caller that cancels gets cancelled at once', async () => {
    const caller = new AbortController();
    const result = call(makeTool(never), { signal: caller.signal });
    await clock.advanceAsync(5);
    caller.abort();
    expect((await result).error?.type).toBe('cancelled');
  });

  test('no timer and no listener is left after a call', async () => {
    const caller = new AbortController();
    const remove = vi.spyOn(caller.signal, 'removeEventListener');
    await call(
      makeTool(async () => 'x'),
      { signal: caller.signal },
    );
    expect(clock.pendingTimers).toBe(0);
    expect(remove).toHaveBeenCalled();
  });

  test('a tool that ignores its deadline keeps its slot for at most 5 s', async () => {
    const tool = makeTool(never, { limits: { timeoutMs: 100, concurrency: 1 } });
    const result = call(tool);
    await clock.advanceAsync(100);
    await result;
    expect(tool.running).toBe(1);
    await clock.advanceAsync(5000);
    expect(tool.running).toBe(0);
  });

  test('a tool that ends late releases its slot then, once', async () => {
    const tool = makeTool(() => after(clock, 150), { limits: { timeoutMs: 100 } });
    const result = call(tool);
    await clock.advanceAsync(100);
    await result;
    await clock.advanceAsync(50);
    expect(tool.running).toBe(0);
    await clock.advanceAsync(10_000);
    expect(tool.running).toBe(0);
  });
});

test('what an output schema leaves out or fills in is what clients get', async () => {
  const output = v.object({ open: v.boolean(), port: v.optional(v.number(), 80) });
  const spec = { output, outputJsonSchema: { type: 'object' } };
  const plain = await call(makeTool(() => ({ open: true, secret: 'x' }), spec));
  expect(plain.structured).toEqual({ open: true, port: 80 });
  expect(plain.content).toEqual([{ type: 'text', text: '{"open":true,"port":80}' }]);
  const content = [{ type: 'text', text: 'open' }] as const;
  const blocks = await call(makeTool(() => toolContent({ content, structured: { open: true, secret: 'x' } }), spec));
  expect(blocks).toMatchObject({ structured: { open: true, port: 80 }, content });
  expect(blocks.structured).not.toHaveProperty('secret');
});
