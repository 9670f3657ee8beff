import { describe, expect, test } from 'vitest';
import { osUtilsSource } from './os-utils-source.ts';
import { FakeClock } from './test-support/fake-clock.ts';

const { signal } = new AbortController();

/** A stand-in for the module whose `usage()` is given. */
function moduleWith(usage: () => unknown): () => Promise<unknown> {
  class OSUtils {
    readonly cpu = { usage };
    readonly memory = { usage };
  }
  return async () => ({ OSUtils });
}

describe('node-os-utils as a source', () => {
  test('gives what the library measures', async () => {
    const reading = await osUtilsSource('memory').read(signal);
    expect(reading?.percent).toBeGreaterThan(0);
    expect(reading?.percent).toBeLessThan(100);
  });

  test.each([
    ['it is not installed', () => Promise.reject(new Error("Cannot find package 'node-os-utils'"))],
    ['it has another shape', async () => ({})],
    ['it is nothing', async () => undefined],
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
    ['it answers nothing', moduleWith(() => undefined)],
    ['it reports a failure', moduleWith(() => ({ success: false, error: new Error('x') }))],
    ['it answers text', moduleWith(() => ({ success: true, data: '12 %' }))],
  ])('is silent when %s', async (_what, load) => {
    expect(await osUtilsSource('cpu', { load }).read(signal)).toBeUndefined();
  });

  test('is silent after its deadline when the library hangs, and does not call it again while it does', async () => {
    const clock = new FakeClock();
    let calls = 0;
    const hang = (): Promise<never> => {
      calls += 1;
      return new Promise(() => undefined);
    };
    const source = osUtilsSource('cpu', { load: moduleWith(hang), deadlineMs: 1000, clock });
    const reading = source.read(signal);
    await clock.advance(1000);
    expect(await reading).toBeUndefined();
    expect(await source.read(signal)).toBeUndefined();
    expect(calls).toBe(1);
    expect(clock.pendingTimers).toBe(0);
  });

  test('is asked again once a call that hung has come back', async () => {
    const clock = new FakeClock();
    const late = Promise.withResolvers<unknown>();
    const answers = [late.promise, { success: true, data: 40 }];
    const source = osUtilsSource('cpu', { load: moduleWith(() => answers.shift()), deadlineMs: 1000, clock });
    const reading = source.read(signal);
    await clock.advance(1000);
    expect(await reading).toBeUndefined();
    late.resolve({ success: true, data: 99 });
    await clock.settle();
    expect(await source.read(signal)).toEqual({ percent: 40 });
  });

  test('stops waiting when the run is aborted', async () => {
    const controller = new AbortController();
    const reading = osUtilsSource('cpu', { load: () => new Promise(() => undefined) }).read(controller.signal);
    controller.abort();
    expect(await reading).toBeUndefined();
  });
});
