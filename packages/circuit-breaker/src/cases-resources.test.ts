import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { boom, fail, failTimes, ok, outcomeOf, setUp, setUpHalfOpen, startPending } from '../test/rig.ts';
import { CircuitBreaker, CircuitBreakerRegistry, CircuitOpenError } from './index.ts';

const INDEX = new URL('./index.ts', import.meta.url).href;

/** Runs a module in a process of its own that may use `CircuitBreaker` and `CircuitBreakerRegistry`. */
function runScript(source: string, ...nodeArguments: string[]): Promise<{ code: number | null; output: string }> {
  const script = `import { CircuitBreaker, CircuitBreakerRegistry } from ${JSON.stringify(INDEX)};\n${source}`;
  const child = spawn(process.execPath, [...nodeArguments, '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

describe('time, timers, memory, options (research cases 2-23 to 2-31)', () => {
  test('2-23 a jump of the wall clock, either way, does not move the recovery', async () => {
    for (const jump of [-3_600_000, 3_600_000]) {
      const { breaker, clock } = setUp();
      await failTimes(breaker, 2);
      clock.epoch += jump;
      expect(breaker.retryAfterMs).toBe(1000);
      clock.monotonic += 999;
      expect(breaker.state).toBe('open');
      clock.monotonic += 1;
      expect(breaker.state).toBe('half_open');
    }
  });

  test('2-24 a recovery timeout of 2^31 ms and more is kept to the millisecond', async () => {
    const recoveryTimeoutMs = 2 ** 31 + 5;
    const { breaker, clock } = setUp({ recoveryTimeoutMs });
    await failTimes(breaker, 2);
    expect(breaker.retryAfterMs).toBe(recoveryTimeoutMs);
    clock.advance(recoveryTimeoutMs - 1);
    expect(breaker.state).toBe('open');
  });

  test('2-25 a process with 10,000 breakers, open, half-open and probing ones among them, exits at once', async () => {
    const { code, output } = await runScript(`
      const registry = new CircuitBreakerRegistry({ maxBreakers: 20_000 });
      for (let n = 0; n < 10_000; n++) {
        const breaker = registry.get('b' + n, { recoveryTimeoutMs: n % 3 === 2 ? 0 : 60_000 });
        breaker.on('transition', () => {});
        if (n % 3 > 0) breaker.trip();
        if (breaker.state === 'half_open') void breaker.execute(() => new Promise(() => {}));
      }
      const end = process.hrtime.bigint();
      process.on('exit', () => {
        const ms = Number(process.hrtime.bigint() - end) / 1e6;
        console.log(JSON.stringify({ size: registry.size, handles: process.getActiveResourcesInfo(), quick: ms < 250 }));
      });
    `);
    expect({ code, ...(JSON.parse(output) as object) }).toEqual({ code: 0, size: 10_000, handles: [], quick: true });
  });

  test('2-26 a breaker keeps nothing of a call: 100,000 calls leave the heap as it was, and no error object is held', async () => {
    const { code, output } = await runScript(
      `
      const breaker = new CircuitBreaker({ name: 'x', failureThreshold: 1e9 });
      const grown = async (calls) => {
        for (let n = 0; n < calls; n++) {
          await breaker.execute(async () => n % 2 && Promise.reject(new Error('x'.repeat(1000) + n))).catch(() => {});
        }
        gc();
        return process.memoryUsage().heapUsed;
      };
      const before = await grown(20_000);
      const after = await grown(100_000);
      let held;
      await breaker.execute(async () => { const error = new Error('held?'); held = new WeakRef(error); throw error; }).catch(() => {});
      // A WeakRef lets go at the end of the job in which it was made.
      await new Promise(setImmediate);
      gc();
      console.log(JSON.stringify({ bytesPerCall: Math.round((after - before) / 100_000), held: held.deref() !== undefined }));
    `,
      '--expose-gc',
    );
    expect({ code, ...(JSON.parse(output) as object) }).toEqual({ code: 0, bytesPerCall: 0, held: false });
  });

  test('2-26 the error history is the last ten, as short text', async () => {
    const { breaker, clock } = setUp({ failureThreshold: 100 });
    for (let n = 0; n < 12; n++) {
      await failTimes(breaker, 1, new RangeError(`${n} ${'x'.repeat(1000)}`));
      clock.advance(1);
    }
    const { recentErrors, lastFailureAt } = breaker.stats();
    expect(recentErrors).toHaveLength(10);
    expect(recentErrors[0]).toEqual({
      name: 'RangeError',
      message: `2 ${'x'.repeat(254)}`,
      at: 1_700_000_000_002,
    });
    expect(lastFailureAt).toBe(1_700_000_000_011);
  });

  test('2-26 failure reasons are counted by name, for at most 20 names', async () => {
    const { breaker } = setUp({ failureThreshold: 100 });
    for (let n = 0; n < 25; n++) await failTimes(breaker, 1, Object.assign(new Error('x'), { name: `E${n}` }));
    await failTimes(breaker, 1, Object.assign(new Error('x'), { name: 'E0' }));
    const { failureReasons } = breaker.stats();
    expect(Object.keys(failureReasons)).toHaveLength(21);
    expect(failureReasons).toMatchObject({ E0: 2, E19: 1, other: 5 });
  });

  test('2-26 an evicted breaker is no longer held by its registry, and an open one is not evicted', () => {
    const registry = new CircuitBreakerRegistry({ maxBreakers: 2 });
    registry.get('dead').trip();
    registry.get('a');
    registry.get('b');
    registry.get('c');
    expect(registry.names()).toEqual(['dead', 'c']);
  });

  test('2-27 the cost of a failure does not grow with the number of failures', async () => {
    let reads = 0;
    const breaker = new CircuitBreaker({
      name: 'storm',
      slidingWindow: { type: 'time', durationMs: 1e9, minimumCalls: 1e9 },
      clock: { monotonicMs: () => ++reads, epochMs: () => 0 },
    });
    // The least of five: what else the machine does can only make a measurement longer.
    const leastOf = async (calls: number): Promise<number> => {
      let least = Infinity;
      for (let n = 0; n < 5; n++) {
        const start = process.hrtime.bigint();
        for (let call = 0; call < calls / 5; call++) await outcomeOf(breaker.execute(fail));
        least = Math.min(least, Number(process.hrtime.bigint() - start));
      }
      return least;
    };
    await leastOf(2000);
    const few = await leastOf(2000);
    await leastOf(20_000);
    const many = await leastOf(2000);
    // A window that is walked or sorted at each failure takes ten times as long here.
    expect(many / few).toBeLessThan(5);
    expect(breaker.stats().window?.failures).toBe(26_000);
  });

  test('2-28 options are copied: changing the object later changes nothing, and breakers share no counts', async () => {
    const slidingWindow = { type: 'count', size: 20, minimumCalls: 2 } as const;
    const options = { name: 'a', failureThreshold: 2, slidingWindow: { ...slidingWindow } };
    const frozen = Object.freeze({ ...options, slidingWindow: Object.freeze(options.slidingWindow) });
    const first = new CircuitBreaker(frozen);
    const mutable = { name: 'b', failureThreshold: 2 };
    const second = new CircuitBreaker(mutable);
    mutable.failureThreshold = 1;
    mutable.name = 'changed';
    await failTimes(first, 2);
    await failTimes(second, 1);
    expect(first.state).toBe('open');
    expect(second).toMatchObject({ name: 'b', state: 'closed' });
  });

  test('2-29 a snapshot taken at any instant preserves remaining time, back-off and window', async () => {
    for (const spent of [0, 1, 499, 1999, 2000]) {
      const { breaker, clock } = await setUpHalfOpen({ recoveryMultiplier: 2 });
      await failTimes(breaker, 1);
      clock.advance(spent);
      const snapshot: unknown = JSON.parse(JSON.stringify(breaker));
      const { breaker: restored, warnings } = setUp({ recoveryMultiplier: 2, clock, snapshot });
      expect(warnings).toEqual([]);
      expect(restored.state).toBe(spent === 2000 ? 'half_open' : 'open');
      expect(restored.retryAfterMs).toBe(2000 - spent);
      expect(restored.stats().reopenings).toBe(1);
      expect(restored.toJSON()).toEqual(snapshot);
    }
  });

  test('2-29 a corrupt or future snapshot restores to closed and says so', async () => {
    const { breaker, clock } = setUp();
    await failTimes(breaker, 2);
    const good = { ...breaker.toJSON() };
    const bad: unknown[] = [{ ...good, version: 2 }, { ...good, savedAt: clock.epoch + 1 }, {}, null, 'text', 7];
    for (const snapshot of bad) {
      const { breaker: restored, warnings } = setUp({ clock, snapshot });
      expect(restored.state).toBe('closed');
      expect(warnings).toEqual([
        expect.stringMatching(/^Circuit breaker "db": the snapshot was refused and the circuit starts closed: /),
      ]);
    }
  });

  test('2-30 a refusal can be read by code, by people and by a model', async () => {
    const { breaker } = setUp();
    await failTimes(breaker, 2);
    const error = await outcomeOf(breaker.execute(ok));
    if (!(error instanceof CircuitOpenError)) throw new Error('not refused');
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 'CIRCUIT_OPEN',
      breaker: 'db',
      state: 'open',
      reason: 'open',
      retryAfterMs: 1000,
      retryAt: 1_700_000_001_000,
    });
    expect(error.name).toBe('CircuitOpenError');
    expect(error.message).toBe('Circuit "db" is open because recent calls failed; retry after 1000 ms');
    expect(error.advice).toBe(
      '"db" is open because recent calls failed. Do not retry before 2023-11-14T22:13:21.000Z (in 1 s): every earlier ' +
        'call is refused without being run. Go on without it, or tell the user.',
    );
    expect(error.stack).toBe('CircuitOpenError: Circuit "db" is open because recent calls failed; retry after 1000 ms');
  });

  test('2-30 each reason for a refusal has its own words', async () => {
    const { breaker } = await setUpHalfOpen();
    void startPending(breaker);
    expect(await outcomeOf(breaker.execute(ok))).toMatchObject({
      reason: 'half_open_limit',
      message: 'Circuit "db" is testing whether its dependency has recovered; retry after 30000 ms',
    });
    breaker.forceOpen();
    expect(await outcomeOf(breaker.execute(ok))).toMatchObject({
      reason: 'forced',
      message: 'Circuit "db" was switched off by an operator; retry after 1000 ms',
    });
  });

  test('2-31 over 10,000 re-openings every wait lies above 0 and within the cap, whatever the jitter draws', async () => {
    for (const random of [() => 0, () => 0.999_999, Math.random, () => Number.NaN]) {
      const { breaker, clock } = setUp({ failureThreshold: 1, jitter: 1, maxRecoveryTimeoutMs: 60_000, random });
      for (let n = 0; n < 2500; n++) {
        await failTimes(breaker, 1);
        const wait = breaker.retryAfterMs;
        if (!(wait > 0 && wait <= 60_000)) throw new Error(`a wait of ${wait} ms after ${n} re-openings`);
        clock.advance(wait);
      }
      expect(breaker.stats().transitions['half_open->open']).toBe(2499);
    }
  });

  test('2-31 the back-off starts over when the circuit closes, by a probe or by an operator', async () => {
    const grow = async (): Promise<CircuitBreaker> => {
      const { breaker, clock } = await setUpHalfOpen({ recoveryMultiplier: 3 });
      await failTimes(breaker, 1);
      expect(breaker.retryAfterMs).toBe(3000);
      clock.advance(3000);
      return breaker;
    };
    const closers: ((breaker: CircuitBreaker) => unknown)[] = [
      (breaker) => breaker.execute(ok),
      (breaker) => breaker.reset(),
      (breaker) => {
        breaker.forceClosed();
        breaker.reset();
      },
    ];
    for (const close of closers) {
      const breaker = await grow();
      await close(breaker);
      await failTimes(breaker, 2, boom);
      expect(breaker.retryAfterMs).toBe(1000);
    }
  });
});
