export interface RunningCall {
  readonly stop: AbortController;
  /** In the list, so that leaving it searches nothing. */
  place: number;
}

/**
 * The calls that run now, by what ends them. Not a `Set`: one that calls enter and leave all the time makes itself a new
 * table again and again, and V8 lets each old table point to the next. Once one of them has grown old, everything that was
 * running when the later ones were made counts as alive, and every collection of young objects copies it.
 */
export class RunningCalls {
  readonly #calls: RunningCall[] = [];

  get size(): number {
    return this.#calls.length;
  }

  /** @returns what the call leaves with */
  enter(stop: AbortController): RunningCall {
    const call = { stop, place: this.#calls.length };
    this.#calls.push(call);
    return call;
  }

  /** A call leaves once. */
  leave(call: RunningCall): void {
    const last = this.#calls.pop();
    if (last === undefined || last === call) return;
    this.#calls[call.place] = last;
    last.place = call.place;
  }

  abortAll(reason: DOMException): void {
    // An abort may end a call here and now, and with it change the list.
    const calls = this.#calls.slice();
    for (const { stop } of calls) stop.abort(reason);
  }
}
