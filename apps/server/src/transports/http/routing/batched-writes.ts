/**
 * Answers go to their sockets together, at the end of the turn of the event loop in which they were made: a write that
 * finds its reader asleep has to wake it, and that costs more than the rest of the write. Whoever is answered first in a
 * turn waits for the others of that turn, which are those that had arrived when it began.
 */
let due: (() => void)[] = [];

/** Runs `write` after everything that has arrived is dealt with, in the order of the calls. It must not throw. */
export function batchWrite(write: () => void): void {
  if (due.push(write) === 1) setImmediate(writeAll);
}

function writeAll(): void {
  const writes = due;
  due = [];
  for (const write of writes) write();
}
