/**
 * Batches the writes of one event-loop iteration: responses are sent together at its end. Waking a reader costs more than
 * the write itself, and a reader that is already awake takes several responses at once.
 */
let pending: (() => void)[] = [];

/** Runs `write` at the end of this event-loop iteration, in the order of the calls. It must not throw. */
export function batchWrite(write: () => void): void {
  if (pending.push(write) === 1) setImmediate(writeAll);
}

function writeAll(): void {
  const writes = pending;
  pending = [];
  for (const write of writes) write();
}
