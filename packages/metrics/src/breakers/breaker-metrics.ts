import { rejectedFamily } from '../self-series.ts';
import { isLabelValue } from '../label-value.ts';
import { attachAll, detachAll, type FamilyDefinition, type SourcedFamily } from '../exposition/metric-family.ts';
import { checkRegistry, MetricRegistry, type PrometheusRegistry } from '../exposition/metric-registry.ts';
import { RejectedValues } from '../rejected-values.ts';
import type { Sample } from '../exposition/sample.ts';

const STATES = ['closed', 'open', 'half_open'] as const;
const RESULTS = ['success', 'failure', 'rejected', 'ignored'] as const;
type State = (typeof STATES)[number];
type Result = (typeof RESULTS)[number];

/** What BreakerMetrics needs of a circuit breaker; the one of @mcp/circuit-breaker has it. */
export interface ObservableBreaker {
  readonly name: string;
  readonly state: State;
  stats(): { readonly totals: Readonly<Record<Result, number>> };
  on(event: 'transition', listener: (transition: { readonly from: State; readonly to: State }) => void): Disposable;
}

export interface BreakerMetricsOptions {
  /** Pass the registry of ToolMetrics to have both in one exposition. @default a new MetricRegistry */
  registry?: PrometheusRegistry | undefined;
  /** Breaker names with their own series, 1 or more; further ones are rejected and counted. @default 1000 */
  maxBreakers?: number | undefined;
}

const STATE: FamilyDefinition = {
  name: 'circuit_breaker_state',
  help: 'State of the breaker: 0 closed, 1 open, 2 half-open.',
  type: 'gauge',
  labelNames: ['name'],
  aggregator: 'max',
};
const CALLS: FamilyDefinition = {
  name: 'circuit_breaker_calls_total',
  help: 'Calls through the breaker, by result; ignored calls do not affect its state.',
  type: 'counter',
  labelNames: ['name', 'result'],
  aggregator: 'sum',
};
const TRANSITIONS: FamilyDefinition = {
  name: 'circuit_breaker_transitions_total',
  help: 'State changes of the breaker.',
  type: 'counter',
  labelNames: ['name', 'from_state', 'to_state'],
  aggregator: 'sum',
};

/** The breakers of one name; more than one while a reload replaces a breaker by a new one. */
interface Watched {
  readonly breakers: Set<ObservableBreaker>;
  /** Calls of breakers of this name that are no longer watched, so that the counters do not decrease. */
  readonly retired: Record<Result, number>;
  readonly transitions: Map<string, number>;
}

/** Series of circuit breakers: transitions are counted as events, states and totals are read at scrape time. */
export class BreakerMetrics implements Disposable {
  readonly registry: PrometheusRegistry;
  readonly #maxBreakers: number;
  readonly #watched = new Map<string, Watched>();
  readonly #rejected = new RejectedValues();
  readonly #families: readonly SourcedFamily[];

  /**
   * @throws {RangeError} when `maxBreakers` is outside its range
   * @throws {TypeError} when `registry` is not a registry
   * @throws {Error} when the registry has another metric of the same name
   */
  constructor({ registry = new MetricRegistry(), maxBreakers = 1000 }: BreakerMetricsOptions = {}) {
    if (!Number.isSafeInteger(maxBreakers) || maxBreakers < 1) {
      throw new RangeError(`maxBreakers must be a whole number from 1, got ${String(maxBreakers)}`);
    }
    this.registry = checkRegistry(registry);
    this.#maxBreakers = maxBreakers;
    this.#families = [
      [STATE, { samples: () => this.#states() }],
      [CALLS, { samples: () => this.#calls() }],
      [TRANSITIONS, { samples: () => this.#transitions() }],
      rejectedFamily(this.#rejected),
    ];
    attachAll(registry, this.#families);
  }

  /**
   * Adds a breaker until the result is disposed. Breakers of one name share their series: calls add up, and the state is the
   * worst of them (open, then half-open). Adding one breaker twice has no effect. A name that cannot be a label value, or one
   * over the limit, is rejected and counted.
   */
  watch(breaker: ObservableBreaker): Disposable {
    const { name } = breaker;
    const held = this.#watched.get(name);
    if (held === undefined && (this.#watched.size >= this.#maxBreakers || !isLabelValue(name))) {
      this.#rejected.add('breaker');
      return { [Symbol.dispose]: () => undefined };
    }
    if (held?.breakers.has(breaker)) return { [Symbol.dispose]: () => undefined };
    const watched = held ?? { breakers: new Set(), retired: noCalls(), transitions: new Map<string, number>() };
    const subscription = breaker.on('transition', ({ from, to }) => {
      if (!STATES.includes(from) || !STATES.includes(to)) return;
      const key = `${from}->${to}`;
      watched.transitions.set(key, (watched.transitions.get(key) ?? 0) + 1);
    });
    this.#watched.set(name, watched);
    watched.breakers.add(breaker);
    return {
      [Symbol.dispose]: () => {
        this.#unwatch(name, breaker, watched);
        subscription[Symbol.dispose]();
      },
    };
  }

  /** Removes the series from the registry. Subscriptions to breakers last until their own disposal. */
  [Symbol.dispose](): void {
    detachAll(this.registry, this.#families);
  }

  #unwatch(name: string, breaker: ObservableBreaker, watched: Watched): void {
    if (!watched.breakers.delete(breaker)) return;
    addCalls(watched.retired, breaker);
    if (watched.breakers.size === 0) this.#watched.delete(name);
  }

  #states(): Sample[] {
    return [...this.#watched].map(([name, { breakers }]) => {
      const states = new Set([...breakers].map(stateOf));
      const worst = (['open', 'half_open'] as const).find((state) => states.has(state)) ?? 'closed';
      return { labels: { name }, value: STATES.indexOf(worst) };
    });
  }

  #calls(): Sample[] {
    return [...this.#watched].flatMap(([name, { breakers, retired }]) => {
      const totals = { ...retired };
      for (const breaker of breakers) addCalls(totals, breaker);
      return RESULTS.map((result) => ({ labels: { name, result }, value: totals[result] }));
    });
  }

  #transitions(): Sample[] {
    return [...this.#watched].flatMap(([name, { transitions }]) =>
      [...transitions].map(([key, value]) => {
        const [from_state = '', to_state = ''] = key.split('->');
        return { labels: { name, from_state, to_state }, value };
      }),
    );
  }
}

function noCalls(): Record<Result, number> {
  return { success: 0, failure: 0, rejected: 0, ignored: 0 };
}

/** Adds the valid counts; a breaker that throws or returns invalid numbers must not affect other series or end the scrape. */
function addCalls(totals: Record<Result, number>, breaker: ObservableBreaker): void {
  try {
    const reported = breaker.stats().totals;
    for (const result of RESULTS)
      if (Number.isFinite(reported[result])) totals[result] += Math.max(0, reported[result]);
  } catch {
    // Its calls are missing in this scrape.
  }
}

function stateOf(breaker: ObservableBreaker): State {
  try {
    return breaker.state;
  } catch {
    return 'closed';
  }
}
