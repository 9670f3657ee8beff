import { setImmediate } from 'node:timers/promises';

export interface AcceptingListener {
  /** Connections since the start. */
  readonly accepted: () => number;
  readonly monotonicMs: () => number;
  /** @default the next turn of the event loop */
  readonly turn?: () => PromiseLike<unknown>;
}

/** What connects after a turn has looked for connections is reset, so a turn in which the process did much else does not count. */
const SHORT_TURN_MS = 0.1;
/** How long a turn may be grows with the time waited: where the processor is busy there are none shorter. */
const WAITED_PER_TURN = 100;
/** Where connections never cease to come, or turns are never short. */
const LONGEST_WAIT_MS = 800;

/**
 * Closing a listener resets the connections that wait to be accepted, and the event loop accepts one in each turn. Resolves right
 * after a turn that found none: close the listener then, before anything else.
 */
export async function acceptWaiting({ accepted, monotonicMs, turn = setImmediate }: AcceptingListener): Promise<void> {
  const startedMs = monotonicMs();
  for (;;) {
    const before = accepted();
    const turnMs = monotonicMs();
    await turn();
    const nowMs = monotonicMs();
    const waitedMs = nowMs - startedMs;
    if (waitedMs > LONGEST_WAIT_MS) return;
    if (accepted() === before && nowMs - turnMs <= Math.max(SHORT_TURN_MS, waitedMs / WAITED_PER_TURN)) return;
  }
}
