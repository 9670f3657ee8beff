import { beforeEach, describe, expect, test } from 'vitest';
import { Bulkhead } from './bulkhead.ts';
import { ManualClock } from '../test-support/manual-clock.ts';
import { ToolError } from '../result/tool-error.ts';

let clock: ManualClock;
const make = (options: Partial<ConstructorParameters<typeof Bulkhead>[0]> = {}): Bulkhead =>
  new Bulkhead({ concurrency: 1, queueSize: 3, queueTimeoutMs: 1000, clock, ...options });

beforeEach(() => {
  clock = new ManualClock();
});

describe('a bulkhead', () => {
  test('admits as many calls as it has slots', () => {
    const bulkhead = make({ concurrency: 2 });
    expect([bulkhead.tryAcquire(), bulkhead.tryAcquire(), bulkhead.tryAcquire()]).toEqual([true, true, false]);
    bulkhead.release(1);
    expect(bulkhead.tryAcquire()).toBe(true);
    expect(bulkhead.running).toBe(2);
  });

  test('serves the queue first come, first served', async () => {
    const bulkhead = make();
    bulkhead.tryAcquire();
    const order: string[] = [];
    const waits = ['a', 'b', 'c'].map((name) =>
      bulkhead.wait({ group: 'g', caller: 'ana' }).then(() => order.push(name)),
    );
    bulkhead.release(1);
    expect(bulkhead.tryAcquire()).toBe(false);
    await waits[0];
    bulkhead.release(1);
    bulkhead.release(1);
    await Promise.all(waits);
    expect(order).toEqual(['a', 'b', 'c']);
    bulkhead.release(1);
    expect([bulkhead.running, bulkhead.queued, clock.pendingTimers]).toEqual([0, 0, 0]);
  });

  test('forgets a call that was cancelled in the middle of the queue', async () => {
    const bulkhead = make();
    bulkhead.tryAcquire();
    const caller = new AbortController();
    const waits = [
      bulkhead.wait({ group: 'g', caller: 'ana' }),
      bulkhead.wait({ group: 'g', caller: 'ana', signal: caller.signal }),
      bulkhead.wait({ group: 'g', caller: 'ana' }),
    ];
    caller.abort();
    await expect(waits[1]).rejects.toMatchObject({ type: 'cancelled' });
    bulkhead.release(1);
    bulkhead.release(1);
    await Promise.all([waits[0], waits[2]]);
  });

  test('does not queue a call that is already cancelled', async () => {
    const bulkhead = make();
    bulkhead.tryAcquire();
    await expect(bulkhead.wait({ group: 'g', caller: 'ana', signal: AbortSignal.abort() })).rejects.toMatchObject({
      type: 'cancelled',
    });
    expect(bulkhead.queued).toBe(0);
  });

  test('rejects one group and leaves the others', async () => {
    const bulkhead = make();
    bulkhead.tryAcquire();
    const [one, other] = [
      bulkhead.wait({ group: 'one', caller: 'ana' }),
      bulkhead.wait({ group: 'other', caller: 'ana' }),
    ];
    bulkhead.rejectWaiting('one', () => new ToolError('circuit_breaker_open', 'x'));
    await expect(one).rejects.toMatchObject({ type: 'circuit_breaker_open' });
    expect(bulkhead.queued).toBe(1);
    bulkhead.release(1);
    await other;
  });

  test('a full queue admits another caller: the newest call of the caller with the most places is rejected', async () => {
    const bulkhead = make();
    bulkhead.tryAcquire();
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
    await clock.advanceAsync(0);
    expect(ended.toSorted()).toEqual(['a3 out', 'a4 out']);
    for (let time = 0; time < 4; time += 1) bulkhead.release(1);
    await Promise.all(waits);
    expect(ended.slice(2)).toEqual(['a1 in', 'a2 in', 'b1 in', 'b2 in']);
  });

  test('estimates the retry time by how long its slots are held and how many wait', async () => {
    const bulkhead = make({ queueSize: 1 });
    bulkhead.tryAcquire();
    bulkhead.release(4000);
    bulkhead.tryAcquire();
    const waiting = bulkhead.wait({ group: 'g', caller: 'ana' }).catch((error: unknown) => error);
    const behind = bulkhead.wait({ group: 'g', caller: 'ana' }).catch((error: unknown) => error);
    await clock.advanceAsync(1000);
    expect(await behind).toMatchObject({
      type: 'resource_exhausted',
      retryAfterMs: 8000,
      suggestion: 'Call again in about 8 s.',
    });
    expect(await waiting).toMatchObject({ type: 'resource_exhausted', message: expect.stringContaining('too long') });
  });

  test('a slot in which nothing ran does not shorten the estimate', async () => {
    const bulkhead = make({ queueSize: 0 });
    bulkhead.tryAcquire();
    bulkhead.release(4000);
    bulkhead.tryAcquire();
    bulkhead.release();
    bulkhead.tryAcquire();
    await expect(bulkhead.wait({ group: 'g', caller: 'ana' })).rejects.toMatchObject({ retryAfterMs: 4000 });
  });
});
