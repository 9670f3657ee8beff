export interface RunningCall {
  readonly abortController: AbortController;
  /** Whether it outlasts its request. */
  readonly isJob: boolean;
  /** Index in the list, so that leaving needs no search. */
  index: number;
}

/**
 * The running calls and their abort controllers. An array instead of a `Set`: a `Set` with constant insertions and deletions is
 * rehashed again and again, and in V8 each old table refers to the next. Once one of them is in the old generation, every
 * minor collection keeps and copies what the later ones refer to.
 */
export class RunningCalls {
  readonly #calls: RunningCall[] = [];

  get size(): number {
    return this.#calls.length;
  }

  /** @returns the token for {@link leave} */
  enter(abortController: AbortController, isJob: boolean): RunningCall {
    const call = { abortController, isJob, index: this.#calls.length };
    this.#calls.push(call);
    return call;
  }

  /** Call it once for every {@link enter}. */
  leave(call: RunningCall): void {
    const last = this.#calls.pop();
    if (last === undefined || last === call) return;
    this.#calls[call.index] = last;
    last.index = call.index;
  }

  abortAll(reason: DOMException): void {
    this.#abort(this.#calls.slice(), reason);
  }

  /** All but jobs. */
  abortRequests(reason: DOMException): void {
    this.#abort(
      this.#calls.filter(({ isJob }) => !isJob),
      reason,
    );
  }

  /** @param calls a copy: an abort may end a call synchronously, which changes the list */
  #abort(calls: readonly RunningCall[], reason: DOMException): void {
    for (const { abortController } of calls) abortController.abort(reason);
  }
}
