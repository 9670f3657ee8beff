import { describe, expect, test } from 'vitest';
import { RunGate } from './run-gate.ts';
import type { Priority } from './status.ts';

/** Asks for entry; the answer ends the run once it is in. */
function enter(gate: RunGate, priority: Priority, entered: string[], name: string): () => Promise<void> {
  const end = Promise.withResolvers<void>();
  const done = gate.run(priority, () => {
    entered.push(name);
    return end.promise;
  });
  return () => {
    end.resolve();
    return done;
  };
}

describe('the gate', () => {
  test('lets in those that wait by priority, then in the order they came', async () => {
    const gate = new RunGate(1);
    const entered: string[] = [];
    const ends = (['informational', 'important', 'critical', 'important', 'critical'] as const).map((priority, index) =>
      enter(gate, priority, entered, `${priority} ${index}`),
    );
    for (const index of [0, 2, 4, 1, 3]) await ends[index]?.();
    expect(entered).toEqual(['informational 0', 'critical 2', 'critical 4', 'important 1', 'important 3']);
  });

  test('hands a place on to who waits, so that a newcomer cannot make it one too many', async () => {
    const gate = new RunGate(1);
    const entered: string[] = [];
    const endFirst = enter(gate, 'critical', entered, 'first');
    const endSecond = enter(gate, 'critical', entered, 'second');
    await endFirst();
    const endThird = enter(gate, 'critical', entered, 'third');
    expect(entered).toEqual(['first', 'second']);
    await endSecond();
    await endThird();
    expect(entered).toEqual(['first', 'second', 'third']);
  });

  test('frees the place of work that failed', async () => {
    const gate = new RunGate(1);
    await expect(gate.run('critical', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await gate.run('critical', async () => 'in')).toBe('in');
  });
});
