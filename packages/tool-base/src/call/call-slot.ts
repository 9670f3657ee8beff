/** What a running call holds of its tool: a slot of the bulkhead and a permit of the breaker, both given back exactly once. */

import { isCircuitOpenError, type CircuitBreaker, type Permit } from '@mcp/circuit-breaker';
import type { ToolError } from '../result/tool-error.ts';
import type { QueuedCall } from '../tool/bulkhead.ts';
import { breakerOpenError } from '../tool/tool-breakers.ts';
import type { Tool } from '../tool/tool.ts';

export class CallSlot {
  readonly #tool: Tool;
  readonly #permit: Permit;
  readonly #acquiredAt: number;
  #released = false;
  #retained = false;
  #settled = false;

  private constructor(tool: Tool, permit: Permit) {
    this.#tool = tool;
    this.#permit = permit;
    this.#acquiredAt = tool.clock.monotonicMs();
  }

  /**
   * At once when a slot is free, else a promise.
   * @throws {ToolError} `circuit_breaker_open` or `resource_exhausted`
   */
  static acquire(
    tool: Tool,
    target: string | undefined,
    call: Omit<QueuedCall, 'group'>,
  ): CallSlot | Promise<CallSlot> {
    const breaker = tool.breakers.for(target);
    if (tool.bulkhead.tryAcquire()) return CallSlot.#admit(tool, breaker);
    // A rejection now is better than one after a wait; the permit of a breaker that admits again goes straight back.
    if (breaker.forced === 'open' || breaker.retryAfterMs > 0) acquirePermit(breaker).release();
    return tool.bulkhead.wait({ ...call, group: breaker }).then(() => CallSlot.#admit(tool, breaker));
  }

  static #admit(tool: Tool, breaker: CircuitBreaker): CallSlot {
    try {
      return new CallSlot(tool, acquirePermit(breaker));
    } catch (error) {
      tool.bulkhead.release();
      throw error;
    }
  }

  /** Reports the outcome of the run to the breaker, whose statistics count failures by type; without an error it was a success. */
  settle(error: ToolError | undefined): void {
    if (this.#settled) return;
    this.#settled = true;
    if (error === undefined) this.#permit.success();
    else if (this.#tool.breakers.countsAsFailure(error))
      this.#permit.failure({ name: error.type, message: error.message });
    else this.#permit.release();
  }

  /** The run goes on although its caller has its response, so the slot stays taken until {@link release}. */
  retain(): void {
    this.#retained = true;
  }

  releaseUnlessRetained(): void {
    if (!this.#retained) this.release();
  }

  /** Frees the slot for the next call. Idempotent. */
  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#tool.bulkhead.release(this.#tool.clock.monotonicMs() - this.#acquiredAt);
  }
}

function acquirePermit(breaker: CircuitBreaker): Permit {
  try {
    return breaker.acquire();
  } catch (error) {
    throw isCircuitOpenError(error) ? breakerOpenError(error.retryAfterMs, error.reason === 'forced') : error;
  }
}
