import type { RequestId } from '@modelcontextprotocol/server';

import type { FastCall } from './fast-call.ts';

/**
 * The running calls of one connection, by request id. Most calls end within the event-loop iteration that started them;
 * these stay in a map that lives as long as the iteration. A single map that every call enters and leaves would keep
 * allocating new tables, and old tables keep young objects alive: see `RunningCalls`.
 */
export class CallsById {
  #thisIteration = new Map<RequestId, FastCall>();
  readonly #earlier = new Map<RequestId, FastCall>();

  add(id: RequestId, call: FastCall): void {
    if (this.#thisIteration.size === 0) setImmediate(this.#endIteration);
    this.#thisIteration.set(id, call);
  }

  /** Called when the call is settled. */
  delete(id: RequestId, call: FastCall): void {
    if (this.#earlier.size > 0 && this.#earlier.get(id) === call) this.#earlier.delete(id);
  }

  /** Defers the call with this id, if there is one. */
  defer(id: RequestId): void {
    this.#thisIteration.get(id)?.defer();
    this.#earlier.get(id)?.defer();
  }

  abortAll(): void {
    for (const calls of [this.#thisIteration, this.#earlier]) {
      for (const call of calls.values()) if (!call.isSettled) call.abort();
      calls.clear();
    }
  }

  readonly #endIteration = (): void => {
    for (const [id, call] of this.#thisIteration) if (!call.isSettled) this.#earlier.set(id, call);
    this.#thisIteration = new Map();
  };
}
