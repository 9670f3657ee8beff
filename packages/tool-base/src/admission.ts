/** A call's place in its tool: a slot of the bulkhead and a permit of the breaker, both given back exactly once. */

import { isCircuitOpenError, type CircuitBreaker, type Permit } from '@mcp/circuit-breaker';
import type { Wait } from './bulkhead.ts';
import { breakerRefusal } from './tool-breakers.ts';
import type { ToolError } from './tool-error.ts';
import type { Tool } from './tool.ts';

export class Admission {
  readonly #tool: Tool;
  readonly #permit: Permit;
  readonly #enteredAt: number;
  #left = false;
  #kept = false;
  #settled = false;

  private constructor(tool: Tool, permit: Permit) {
    this.#tool = tool;
    this.#permit = permit;
    this.#enteredAt = tool.clock.monotonicMs();
  }

  /** At once when a slot is free, else a promise. @throws {ToolError} `circuit_breaker_open` or `resource_exhausted` */
  static enter(tool: Tool, target: string | undefined, who: Omit<Wait, 'group'>): Admission | Promise<Admission> {
    const breaker = tool.breakers.for(target);
    if (tool.bulkhead.tryEnter()) return Admission.#take(tool, breaker);
    // A refusal now is better than one after a wait; the permit of a breaker that admits again goes straight back.
    if (breaker.retryAfterMs > 0) acquire(breaker).release();
    return tool.bulkhead.wait({ ...who, group: breaker }).then(() => Admission.#take(tool, breaker));
  }

  static #take(tool: Tool, breaker: CircuitBreaker): Admission {
    try {
      return new Admission(tool, acquire(breaker));
    } catch (error) {
      tool.bulkhead.leave();
      throw error;
    }
  }

  /** Tells the breaker how the run ended; without an error it was a success. */
  settle(error: ToolError | undefined): void {
    if (this.#settled) return;
    this.#settled = true;
    if (error === undefined) this.#permit.success();
    else if (this.#tool.breakers.countsAsFailure(error)) this.#permit.failure(error);
    else this.#permit.release();
  }

  /** The run goes on although its caller has been answered, so its slot stays taken until {@link leave}. */
  keepSlot(): void {
    this.#kept = true;
  }

  leaveUnlessKept(): void {
    if (!this.#kept) this.leave();
  }

  /** Makes room for the next call. */
  leave(): void {
    if (this.#left) return;
    this.#left = true;
    this.#tool.bulkhead.leave(this.#tool.clock.monotonicMs() - this.#enteredAt);
  }
}

function acquire(breaker: CircuitBreaker): Permit {
  try {
    return breaker.acquire();
  } catch (error) {
    throw isCircuitOpenError(error) ? breakerRefusal(error.retryAfterMs) : error;
  }
}
