import { randomBytes } from 'node:crypto';

import type { CircuitBreaker, CircuitBreakerStats } from '@mcp/circuit-breaker';
import type { ErrorType, ToolRegistry } from '@mcp/tool-base';

import type { BreakerSharing } from '../../configuration/shape/server-config.ts';
import type { EventBus } from '../../observability/events/event-bus.ts';
import type { ServerEventData } from '../../observability/events/server-events.ts';
import type { ClusterEngine } from '../engine.ts';

export interface SharedBreakersOptions {
  readonly engine: Pick<ClusterEngine, 'state' | 'now' | 'appendOpening'>;
  /** Of this server alone. */
  readonly events: Pick<EventBus, 'subscribe'>;
  readonly registry: Pick<ToolRegistry, 'get'>;
  readonly policy: Exclude<BreakerSharing, 'off'>;
  /** A breaker of this server has opened because of another server. */
  readonly onOpened: () => void;
}

/** A breaker that has opened by the failures of one server. */
interface Opening {
  /** That server; no other has the same. */
  readonly by: string;
  readonly tool: string;
  readonly breaker: string;
  /** When it admits a probe, on the clock of the engine. */
  readonly untilMs: number;
}

/** Reasons of transitions. */
const AFTER_ONE_FAILURE = 'one failure after it opened on another server';
const AT_ONCE = 'opened on another server';
/** Failures of the target. Of the others `unavailable` says something of the server, such as a program that it does not have. */
const OF_THE_TARGET: ReadonlySet<string> = new Set<ErrorType>(['timeout', 'execution_error']);
/** More than the longest name of a tool, `@` and the longest name of a host. */
const MAX_NAME_LENGTH = 512;
/** Openings that the engine has not taken yet; what is beyond is not shared. */
const MAX_IN_FLIGHT = 100;

/**
 * Passes on that a breaker of this server has opened, and applies what others pass on. Only breakers for one target take part. What
 * another server caused is not passed on again, nor is what an operator forced, which all servers have in common anyway.
 */
export class SharedBreakers implements Disposable {
  readonly #options: SharedBreakersOptions;
  readonly #id = randomBytes(9).toString('base64url');
  readonly #subscription: Disposable;
  #inFlight = 0;
  policy: SharedBreakersOptions['policy'];

  constructor(options: SharedBreakersOptions) {
    this.#options = options;
    this.policy = options.policy;
    this.#subscription = options.events.subscribe((event) => {
      if (event.type === 'breaker.changed' && event.data.to === 'open') this.#opened(event.data);
    });
  }

  /** From the engine. */
  receive(text: string): void {
    const opening = parsed(text);
    if (opening === undefined || opening.by === this.#id) return;
    const breaker = this.#find(opening.tool, opening.breaker);
    if (breaker?.state !== 'closed') return;
    const { maxRecoveryTimeoutMs } = breaker.configuration;
    const leftMs = Math.min(opening.untilMs - this.#options.engine.now(), maxRecoveryTimeoutMs);
    if (leftMs < 1) return;
    if (this.policy === 'any') breaker.trip(AT_ONCE, { openMs: leftMs });
    else breaker.prime(AFTER_ONE_FAILURE, leftMs);
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
  }

  #opened({ tool, breaker: name, reason, retryAfterMs, forced }: ServerEventData['breaker.changed']): void {
    if (reason === AFTER_ONE_FAILURE || reason === AT_ONCE) return this.#options.onOpened();
    const { engine } = this.#options;
    if (forced !== null || engine.state === 'down' || this.#inFlight >= MAX_IN_FLIGHT) return;
    const breaker = this.#find(tool, name);
    if (breaker === undefined || !isOfTheTarget(breaker.stats())) return;
    const opening: Opening = { by: this.#id, tool, breaker: name, untilMs: engine.now() + retryAfterMs };
    this.#inFlight += 1;
    engine
      .appendOpening(JSON.stringify(opening))
      // The others then count for themselves.
      .catch(() => {})
      .finally(() => (this.#inFlight -= 1));
  }

  /** Undefined for a breaker of all targets, and for one that was not needed here yet. */
  #find(tool: string, breaker: string): CircuitBreaker | undefined {
    const breakers = this.#options.registry.get(tool)?.breakers;
    return breakers?.scope === 'target' ? breakers.find(breaker) : undefined;
  }
}

/** Whether every failure of the run that opened the breaker was one of its target; the last ten are known. */
function isOfTheTarget({ consecutiveFailures, recentErrors }: CircuitBreakerStats): boolean {
  const run = consecutiveFailures === 0 ? [] : recentErrors.slice(-consecutiveFailures);
  return run.length > 0 && run.every(({ name }) => OF_THE_TARGET.has(name));
}

function parsed(text: string): Opening | undefined {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { by, tool, breaker, untilMs } = Object(given) as Partial<Record<keyof Opening, unknown>>;
  const names = [by, tool, breaker].every((name) => typeof name === 'string' && name.length <= MAX_NAME_LENGTH);
  return names && Number.isFinite(untilMs) ? (given as Opening) : undefined;
}
