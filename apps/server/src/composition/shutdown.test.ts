import { describe, expect, test } from 'vitest';

import { createShutdown, drained } from './shutdown.ts';

describe('stopping', () => {
  test('runs every step once and in order, however often it is asked for', async () => {
    const ran: string[] = [];
    const stop = createShutdown({
      steps: ['first', 'second'].map((name) => ({ name, run: () => void ran.push(name) })),
      onStepFailed: () => {},
    });
    await Promise.all([stop(), stop()]);
    await stop();
    expect(ran).toEqual(['first', 'second']);
  });

  test('goes on after a step that fails, and tells of it', async () => {
    const failed: string[] = [];
    let last = false;
    const stop = createShutdown({
      steps: [
        { name: 'broken', run: () => Promise.reject(new Error('no')) },
        { name: 'last', run: () => void (last = true) },
      ],
      onStepFailed: (step) => failed.push(step),
    });
    await stop();
    expect(failed).toEqual(['broken']);
    expect(last).toBe(true);
  });

  test('waits for what runs, and not longer than the grace period', async () => {
    expect(await drained(() => true, 0)).toBe(true);
    expect(await drained(() => false, 0)).toBe(false);
    let left = 2;
    expect(await drained(() => left-- === 0, 10_000, 1)).toBe(true);
  });
});
