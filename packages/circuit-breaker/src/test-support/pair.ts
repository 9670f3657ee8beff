import { deepStrictEqual as deepEqual, ok, strictEqual as equal } from 'node:assert/strict';
import { CircuitBreaker, CircuitOpenError } from '../index.ts';
import { ManualClock } from './manual-clock.ts';
import { Oracle, type Outcome, type OracleCall, type OracleOptions } from './oracle.ts';
import { boom, startPending } from './rig.ts';

const NEUTRAL = new Error('neutral');

/** A breaker and the oracle, given the same commands and compared after each. */
export class Pair {
  readonly #options: OracleOptions;
  readonly clock = new ManualClock();
  readonly oracle: Oracle;
  breaker!: CircuitBreaker;
  transitions: string[] = [];
  #calls: {
    readonly real: ReturnType<typeof startPending>;
    readonly model: OracleCall;
    readonly abort: AbortController;
  }[] = [];
  #settled = 0;
  #started = 0;

  constructor(options: OracleOptions) {
    this.#options = options;
    this.oracle = new Oracle(options, this.clock.monotonicMs());
    this.#make(undefined);
  }

  #make(snapshot: unknown): void {
    const { window: slidingWindow, ...rest } = this.#options;
    this.breaker = new CircuitBreaker({
      name: 'p',
      ...rest,
      slidingWindow,
      jitter: 0,
      clock: this.clock,
      ignore: (error) => error === NEUTRAL,
      onWarning: () => {},
      snapshot,
    });
    const transitions: string[] = [];
    this.transitions = transitions;
    this.breaker.on('transition', ({ from, to }) => transitions.push(`${from}->${to}`));
    // Listeners that always throw must change nothing.
    for (const name of ['transition', 'success', 'failure', 'ignored', 'rejected'] as const) {
      this.breaker.on(name, () => {
        throw new Error('listener');
      });
    }
  }

  async start(): Promise<void> {
    const model = this.oracle.start();
    const abort = new AbortController();
    const real = startPending(this.breaker, abort.signal);
    if (model === 'rejected') {
      const error = await real.done;
      ok(error instanceof CircuitOpenError && error.retryAfterMs > 0);
      return;
    }
    this.#started++;
    void real.done.then(() => this.#settled++);
    this.#calls.push({ real, model, abort });
  }

  async end(which: number, outcome: Outcome | 'abort'): Promise<void> {
    const call = this.#calls.splice(which % Math.max(1, this.#calls.length), 1)[0];
    if (call === undefined) return;
    if (outcome === 'success') call.real.resolve('value');
    else if (outcome === 'failure') call.real.reject(boom);
    else if (outcome === 'neutral') call.real.reject(NEUTRAL);
    else {
      call.abort.abort();
      call.real.reject(call.abort.signal.reason);
    }
    const settled = await call.real.done;
    equal(settled, { success: 'value', failure: boom, neutral: NEUTRAL, abort: call.abort.signal.reason }[outcome]);
    this.oracle.end(call.model, outcome === 'abort' ? 'neutral' : outcome);
  }

  advance(ms: number): void {
    this.clock.advance(ms);
    this.oracle.now += ms;
  }

  /** A new breaker continues from a snapshot; calls of the old one end without effect. */
  async restart(): Promise<void> {
    const snapshot: unknown = JSON.parse(JSON.stringify(this.breaker));
    for (const { real } of this.#calls.splice(0)) {
      real.reject(boom);
      await real.done;
    }
    this.#make(snapshot);
    this.oracle.restart();
    deepEqual(this.breaker.toJSON(), snapshot);
  }

  check(): void {
    const { breaker, oracle } = this;
    equal(this.#settled, this.#started - this.#calls.length);
    equal(breaker.state, oracle.look());
    deepEqual(this.transitions, oracle.transitions);
    const stats = breaker.stats();
    deepEqual(stats.totals, oracle.totals);
    equal(stats.reopenings, oracle.reopenings);
    equal(stats.primedForMs, oracle.primedForMs());
    equal(stats.probes, oracle.liveProbes().length);
    ok(stats.probes <= this.#options.halfOpenMaxConcurrent);
    if (oracle.state === 'open') {
      ok(stats.retryAfterMs > 0);
      ok(stats.retryAfterMs <= this.#options.maxRecoveryTimeoutMs);
      if (oracle.forced === null) equal(stats.retryAfterMs, oracle.opensUntil - oracle.now);
    }
    if (stats.window !== null) deepEqual(stats.window, { ...oracle.windowed(), slow: 0 });
    const { success, failure, rejected, ignored, calls } = stats.totals;
    equal(success + failure + rejected + ignored + stats.inFlight, calls);
    deepEqual(JSON.parse(JSON.stringify(stats)), stats);
  }
}
