import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ManualClock } from '../test-support/manual-clock.ts';
import { HostLookups, type Resolver } from './host-lookups.ts';

let clock: ManualClock;
beforeEach(() => {
  clock = new ManualClock();
});

/** Never answers for names that start with "slow". */
const resolver = vi.fn<Resolver>((host) =>
  host.startsWith('slow') ? new Promise(() => undefined) : Promise.resolve(['10.0.0.5']),
);
const typeOf = (running: Promise<unknown>): Promise<unknown> =>
  running.then(
    () => 'resolved',
    (error: unknown) => (error as { readonly type: string }).type,
  );

beforeEach(() => {
  resolver.mockClear();
});

describe('name look-ups', () => {
  test('of one caller run one at a time, so that slow names leave threads for other callers', async () => {
    const lookups = new HostLookups(resolver, clock);
    const slow = Array.from({ length: 16 }, (_, at) => typeOf(lookups.resolve(`slow${at}`, { caller: 'eve' })));
    expect(await lookups.resolve('fast', { caller: 'ana' })).toEqual(['10.0.0.5']);
    await clock.advanceAsync(5000);
    expect(new Set(await Promise.all(slow))).toEqual(new Set(['tool_error']));
    expect(resolver.mock.calls.map(([host]) => host)).toEqual(['slow0', 'fast']);
    expect(clock.pendingTimers).toBe(0);
  });

  test('of the same name are one', async () => {
    const lookups = new HostLookups(resolver, clock);
    await Promise.all([lookups.resolve('a', { caller: 'ana' }), lookups.resolve('a', { caller: 'bob' })]);
    expect(resolver).toHaveBeenCalledTimes(1);
    await lookups.resolve('a');
    expect(resolver).toHaveBeenCalledTimes(2);
  });

  test('that failed are not repeated for 10 s', async () => {
    const failing = vi.fn<Resolver>(() => Promise.reject(Object.assign(new Error('dns'), { code: 'EAI_AGAIN' })));
    const lookups = new HostLookups(failing, clock);
    expect(await typeOf(lookups.resolve('a'))).toBe('tool_error');
    expect(await typeOf(lookups.resolve('a'))).toBe('tool_error');
    expect(failing).toHaveBeenCalledTimes(1);
    clock.advance(10_000);
    expect(await typeOf(lookups.resolve('a'))).toBe('tool_error');
    expect(failing).toHaveBeenCalledTimes(2);
  });

  test('that waited behind a slow name are not taken for failed', async () => {
    const lookups = new HostLookups(resolver, clock);
    const results = [
      typeOf(lookups.resolve('slow', { caller: 'eve' })),
      typeOf(lookups.resolve('a', { caller: 'eve' })),
    ];
    await clock.advanceAsync(5000);
    expect(await Promise.all(results)).toEqual(['tool_error', 'tool_error']);
    expect(await lookups.resolve('a', { caller: 'ana' })).toEqual(['10.0.0.5']);
  });

  test('abort their resolver after 5 s', async () => {
    let given: AbortSignal | undefined;
    const lookups = new HostLookups((_, { signal }) => {
      given = signal;
      return new Promise(() => undefined);
    }, clock);
    const result = typeOf(lookups.resolve('a'));
    await clock.advanceAsync(4999);
    expect(given?.aborted).toBe(false);
    await clock.advanceAsync(1);
    expect(given?.aborted).toBe(true);
    expect(await result).toBe('tool_error');
  });
});
