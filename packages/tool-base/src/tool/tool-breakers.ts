/** The circuit breakers of one tool: one for all its calls, or one for each target, of which the least recently used is evicted first. */

import {
  CircuitBreaker,
  CircuitBreakerRegistry,
  type CircuitBreakerOptions,
  type ForcedState,
} from '@mcp/circuit-breaker';
import type { Clock } from '../clock.ts';
import { MAX_BREAKER_TARGETS } from '../declare/limit-ranges.ts';
import type { ToolBreakerOptions } from '../declare/tool-definition.ts';
import type { ErrorType } from '../result/error-type.ts';
import { countsAgainstBreaker, ToolDefinitionError, ToolError } from '../result/tool-error.ts';

const DEFAULT_MAX_TARGETS = 256;

export interface ToolBreakersOptions {
  readonly tool: string;
  readonly breaker: ToolBreakerOptions;
  readonly clock: Clock;
  /** Called each time one of the breakers opens. */
  readonly onOpen: (breaker: CircuitBreaker) => void;
}

export class ToolBreakers {
  readonly scope: 'tool' | 'target';
  readonly #single: CircuitBreaker | undefined;
  readonly #byTarget: CircuitBreakerRegistry | undefined;
  readonly #tool: string;
  readonly #failureTypes: ReadonlySet<ErrorType> | undefined;
  readonly #timeoutIsFailure: boolean;
  #forced = false;

  constructor({ tool, breaker, clock, onOpen }: ToolBreakersOptions) {
    const { scope, maxTargets = DEFAULT_MAX_TARGETS, timeoutIsFailure, failureTypes, ...options } = breaker;
    if (!Number.isSafeInteger(maxTargets) || maxTargets < 1 || maxTargets > MAX_BREAKER_TARGETS) {
      const range = `a whole number from 1 to ${MAX_BREAKER_TARGETS}`;
      throw new ToolDefinitionError(tool, [`circuitBreaker.maxTargets must be ${range}, not ${String(maxTargets)}.`]);
    }
    this.scope = scope ?? 'tool';
    this.#tool = tool;
    this.#timeoutIsFailure = timeoutIsFailure ?? true;
    this.#failureTypes = failureTypes === undefined ? undefined : new Set<ErrorType>(failureTypes);
    const defaults: Omit<CircuitBreakerOptions, 'name'> = { ...options, clock };
    const watch = (added: CircuitBreaker): void => {
      added.on('transition', ({ to }) => {
        if (to === 'open') onOpen(added);
      });
    };
    if (this.scope === 'tool') {
      this.#single = new CircuitBreaker({ name: tool, ...defaults });
      watch(this.#single);
    } else {
      this.#byTarget = new CircuitBreakerRegistry({ defaults, maxBreakers: maxTargets });
      this.#byTarget.on('added', watch);
    }
  }

  /**
   * The breaker for a call; its name is the tool, with scope `target` followed by `@` and the target in lower case. While an
   * operator forces a tool of scope `target`, one breaker with the name of the tool decides for every target.
   */
  for(target: string | undefined): CircuitBreaker {
    if (this.#single !== undefined) return this.#single;
    const name = this.#forced ? this.#tool : `${this.#tool}@${(target ?? '').toLowerCase()}`;
    return this.#byTarget!.get(name);
  }

  /** The breaker of that name, if there is one; a new one is not made, and it does not count as used. */
  find(name: string): CircuitBreaker | undefined {
    return this.#single?.name === name ? this.#single : this.#byTarget?.peek(name);
  }

  /** Rejects (`open`) or admits (`closed`) every call of the tool, whatever its target, until {@link reset}. */
  force(state: ForcedState, reason?: string): void {
    this.#forced = true;
    this.for(undefined);
    for (const breaker of this) {
      if (state === 'open') breaker.forceOpen(reason);
      else breaker.forceClosed(reason);
    }
  }

  /** Returns every breaker to automatic control, closed and without history. */
  reset(reason?: string): void {
    for (const breaker of this) breaker.reset(reason);
    if (this.#forced) this.#byTarget?.remove(this.#tool);
    this.#forced = false;
  }

  countsAsFailure({ type, neutral }: ToolError): boolean {
    if (neutral) return false;
    if (type === 'timeout' && !this.#timeoutIsFailure) return false;
    return countsAgainstBreaker(type) && (this.#failureTypes?.has(type) ?? true);
  }

  /** Listens for breakers that come and go with their targets; with scope `tool` there is one, and it stays. */
  on(event: 'added' | 'removed', listener: (breaker: CircuitBreaker) => void): Disposable {
    return this.#byTarget?.on(event, listener) ?? { [Symbol.dispose]: () => undefined };
  }

  *[Symbol.iterator](): IterableIterator<CircuitBreaker> {
    if (this.#single === undefined) yield* this.#byTarget!;
    else yield this.#single;
  }
}

/** The error of a call that the breaker rejects; an operator's decision has no time after which a retry makes sense. */
export function breakerOpenError(retryAfterMs: number, isForced: boolean): ToolError {
  if (isForced) {
    return new ToolError('circuit_breaker_open', 'This tool was switched off by an operator; do not retry.', {
      suggestion: 'Tell the user, or continue without this tool.',
    });
  }
  const wait = Math.max(1, Math.ceil(retryAfterMs));
  return new ToolError('circuit_breaker_open', 'The circuit breaker of this tool is open.', {
    retryAfterMs: wait,
    suggestion: `Do not retry before ${Math.ceil(wait / 1000)} s have passed.`,
  });
}
