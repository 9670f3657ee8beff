import { setImmediate } from 'node:timers/promises';

export interface AcceptingListener {
  /** Connections since the start. */
  readonly accepted: () => number;
  readonly monotonicMs: () => number;
  /** @default the next turn of the event loop */
  readonly turn?: () => PromiseLike<unknown>;
}

/** More than the connections that can wait: the backlog of Node is 511. */
const MAX_TURNS = 1000;
/** What connects after a turn has looked for connections is reset, so a turn in which the process did much else does not count... */
const SHORT_TURN_MS = 1;
/** ...unless there have been no others for so long. */
const LONGEST_WAIT_MS = 200;

/**
 * Closing a listener resets the connections that wait to be accepted, and the event loop accepts one in each turn. Resolves right
 * after a turn that found none: close the listener then, before anything else.
 */
export async function acceptWaiting({ accepted, monotonicMs, turn = setImmediate }: AcceptingListener): Promise<void> {
  const startedMs = monotonicMs();
  for (let turns = 0; turns < MAX_TURNS; turns++) {
    const before = accepted();
    const turnMs = monotonicMs();
    await turn();
    const nowMs = monotonicMs();
    const isShort = nowMs - turnMs <= SHORT_TURN_MS || nowMs - startedMs > LONGEST_WAIT_MS;
    if (accepted() === before && isShort) return;
  }
}
