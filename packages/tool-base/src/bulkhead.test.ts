import { beforeEach, afterEach, describe, expect, test, vi } from 'vitest';
import { Bulkhead } from './bulkhead.ts';
import { systemClock } from './ports.ts';
import { ToolError } from './tool-error.ts';

const make = (options: Partial<ConstructorParameters<typeof Bulkhead>[0]> = {}): Bulkhead =>
  new Bulkhead({ concurrency: 1, queueSize: 3, queueTimeoutMs: 1000, clock: systemClock, ...options });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('a bulkhead', () => {
  test('lets in as many as it has slots', () => {
    const bulkhead = make({ concurrency: 2 });
    expect([bulkhead.tryEnter(), bulkhead.tryEnter(), bulkhead.tryEnter()]).toEqual([true, true, false]);
    bulkhead.leave(1);
    expect(bulkhead.tryEnter()).toBe(true);
    expect(bulkhead.running).toBe(2);
  });

  test('serves the queue first come, first served, and nobody overtakes it', async () => {
    const bulkhead = make();
    bulkhead.tryEnter();
    const order: string[] = [];
    const waits = ['a', 'b', 'c'].map((name) =>
      bulkhead.wait({ group: 'g', caller: 'ana' }).then(() => order.push(name)),
    );
    bulkhead.leave(1);
    expect(bulkhead.tryEnter()).toBe(false);
    await waits[0];
    bulkhead.leave(1);
    bulkhead.leave(1);
    await Promise.all(waits);
    expect(order).toEqual(['a', 'b', 'c']);
    bulkhead.leave(1);
    expect([bulkhead.running, bulkhead.queued, vi.getTimerCount()]).toEqual([0, 0, 0]);
  });

  test('forgets who gave up in the middle of the queue', async () => {
    const bulkhead = make();
    bulkhead.tryEnter();
    const caller = new AbortController();
    const waits = [
      bulkhead.wait({ group: 'g', caller: 'ana' }),
      bulkhead.wait({ group: 'g', caller: 'ana', signal: caller.signal }),
      bulkhead.wait({ group: 'g', caller: 'ana' }),
    ];
    caller.abort();
    await expect(waits[1]).rejects.toMatchObject({ type: 'cancelled' });
    bulkhead.leave(1);
    bulkhead.leave(1);
    await Promise.all([waits[0], waits[2]]);
  });

  test('does not queue a call whose caller has already gone', async () => {
    const bulkhead = make();
    bulkhead.tryEnter();
    await expect(bulkhead.wait({ group: 'g', caller: 'ana', signal: AbortSignal.abort() })).rejects.toMatchObject({
      type: 'cancelled',
    });
    expect(bulkhead.queued).toBe(0);
  });

  test('turns away one group and leaves the others', async () => {
    const bulkhead = make();
    bulkhead.tryEnter();
    const [one, other] = [
      bulkhead.wait({ group: 'one', caller: 'ana' }),
      bulkhead.wait({ group: 'other', caller: 'ana' }),
    ];
    bulkhead.turnAway('one', () => new ToolError('circuit_breaker_open', 'x'));
    await expect(one).rejects.toMatchObject({ type: 'circuit_breaker_open' });
    expect(bulkhead.queued).toBe(1);
    bulkhead.leave(1);
    await other;
  });

  test('a full queue makes room for another caller: the newest call of whoever has most places goes', async () => {
    const bulkhead = make();
    bulkhead.tryEnter();
    const ended: string[] = [];
    const wait = (caller: string, name: string): Promise<void> =>
      bulkhead.wait({ group: 'g', caller }).then(
        () => void ended.push(`${name} in`),
        () => void ended.push(`${name} out`),
      );
    const waits = [
      wait('ana', 'a1'),
      wait('ana', 'a2'),
      wait('ana', 'a3'),
      wait('ana', 'a4'),
      wait('bob', 'b1'),
      wait('bob', 'b2'),
    ];
    await vi.advanceTimersByTimeAsync(0);
    expect(ended.toSorted()).toEqual(['a3 out', 'a4 out', 'b2 out']);
    for (let time = 0; time < 3; time += 1) bulkhead.leave(1);
    await Promise.all(waits);
    expect(ended.slice(3)).toEqual(['a1 in', 'a2 in', 'b1 in']);
  });

  test('estimates the retry time by how long its slots are held and how many wait', async () => {
    const bulkhead = make({ queueSize: 1 });
    bulkhead.tryEnter();
    bulkhead.leave(4000);
    bulkhead.tryEnter();
    const waiting = bulkhead.wait({ group: 'g', caller: 'ana' }).catch((error: unknown) => error);
    await expect(bulkhead.wait({ group: 'g', caller: 'ana' })).rejects.toMatchObject({
      type: 'resource_exhausted',
      retryAfterMs: 8000,
      suggestion: 'Call again in about 8 s.',
    });
    await vi.advanceTimersByTimeAsync(1000);
    expect(await waiting).toMatchObject({ type: 'resource_exhausted', message: expect.stringContaining('too long') });
  });

  test('a slot in which nothing ran does not shorten the estimate', async () => {
    const bulkhead = make({ queueSize: 0 });
    bulkhead.tryEnter();
    bulkhead.leave(4000);
    bulkhead.tryEnter();
    bulkhead.leave();
    bulkhead.tryEnter();
    await expect(bulkhead.wait({ group: 'g', caller: 'ana' })).rejects.toMatchObject({ retryAfterMs: 4000 });
  });
});
