import { describe, expect, test } from 'vitest';
import type { Priority } from '../status.ts';
import { ConcurrencyLimit } from './concurrency-limit.ts';

/** Starts a task that records its name when it runs; the returned function ends it. */
function startTask(limit: ConcurrencyLimit, priority: Priority, started: string[], name: string): () => Promise<void> {
  const end = Promise.withResolvers<void>();
  const done = limit.run(priority, () => {
    started.push(name);
    return end.promise;
  });
  return () => {
    end.resolve();
    return done;
  };
}

describe('the concurrency limit', () => {
  test('starts waiting tasks by priority, then in order of arrival', async () => {
    const limit = new ConcurrencyLimit(1);
    const started: string[] = [];
    const ends = (['informational', 'important', 'critical', 'important', 'critical'] as const).map((priority, index) =>
      startTask(limit, priority, started, `${priority} ${index}`),
    );
    for (const index of [0, 2, 4, 1, 3]) await ends[index]?.();
    expect(started).toEqual(['informational 0', 'critical 2', 'critical 4', 'important 1', 'important 3']);
  });

  test('passes a slot to the waiting task, so that a new task cannot exceed the limit', async () => {
    const limit = new ConcurrencyLimit(1);
    const started: string[] = [];
    const endFirst = startTask(limit, 'critical', started, 'first');
    const endSecond = startTask(limit, 'critical', started, 'second');
    await endFirst();
    const endThird = startTask(limit, 'critical', started, 'third');
    expect(started).toEqual(['first', 'second']);
    await endSecond();
    await endThird();
    expect(started).toEqual(['first', 'second', 'third']);
  });

  test('frees the slot of a task that failed', async () => {
    const limit = new ConcurrencyLimit(1);
    await expect(limit.run('critical', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await limit.run('critical', async () => 'in')).toBe('in');
  });
});
