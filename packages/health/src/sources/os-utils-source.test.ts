import { describe, expect, test } from 'vitest';
import { osUtilsSource } from './os-utils-source.ts';
import { ManualClock } from '../test-support/manual-clock.ts';

const { signal } = new AbortController();

/** A fake of the module with this `usage()`. */
function moduleWith(usage: () => unknown): () => Promise<unknown> {
  class OSUtils {
    readonly cpu = { usage };
    readonly memory = { usage };
  }
  return async () => ({ OSUtils });
}

describe('node-os-utils as a source', () => {
  test('returns the value of the library', async () => {
    const reading = await osUtilsSource('memory').read(signal);
    expect(reading?.percent).toBeGreaterThan(0);
    expect(reading?.percent).toBeLessThan(100);
  });

  test.each([
    ['it is not installed', () => Promise.reject(new Error("Cannot find package 'node-os-utils'"))],
    ['it has another shape', async () => ({})],
    ['the module is undefined', async () => undefined],
    [
      'its constructor throws',
      async () => ({
        OSUtils: function () {
          throw new Error('unsupported platform');
        },
      }),
    ],
    [
      'its call throws',
      moduleWith(() => {
        throw new Error('Command execution failed');
      }),
    ],
    ['its call rejects', moduleWith(() => Promise.reject(new Error('no /proc')))],
    ['it returns undefined', moduleWith(() => undefined)],
    ['it reports a failure', moduleWith(() => ({ success: false, error: new Error('x') }))],
    ['it returns text', moduleWith(() => ({ success: true, data: '12 %' }))],
  ])('is undefined when %s', async (_what, load) => {
    expect(await osUtilsSource('cpu', { load }).read(signal)).toBeUndefined();
  });

  test('is undefined after the deadline when the library hangs, which is not called again meanwhile', async () => {
    const clock = new ManualClock();
    let calls = 0;
    const hang = (): Promise<never> => {
      calls += 1;
      return new Promise(() => undefined);
    };
    const source = osUtilsSource('cpu', { load: moduleWith(hang), deadlineMs: 1000, clock });
    const reading = source.read(signal);
    await clock.advanceAsync(1000);
    expect(await reading).toBeUndefined();
    expect(await source.read(signal)).toBeUndefined();
    expect(calls).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test('calls the library again after a call that hung has returned', async () => {
    const clock = new ManualClock();
    const late = Promise.withResolvers<unknown>();
    const results = [late.promise, { success: true, data: 40 }];
    const source = osUtilsSource('cpu', { load: moduleWith(() => results.shift()), deadlineMs: 1000, clock });
    const reading = source.read(signal);
    await clock.advanceAsync(1000);
    expect(await reading).toBeUndefined();
    late.resolve({ success: true, data: 99 });
    await clock.advanceAsync(0);
    expect(await source.read(signal)).toEqual({ percent: 40 });
  });

  test('stops waiting when the run is aborted', async () => {
    const controller = new AbortController();
    const reading = osUtilsSource('cpu', { load: () => new Promise(() => undefined) }).read(controller.signal);
    controller.abort();
    expect(await reading).toBeUndefined();
  });
});
