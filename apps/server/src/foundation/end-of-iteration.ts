/**
 * What many calls do at the end of one event-loop iteration, together: a timer of its own for each would cost a call more. Responses
 * are written then, because waking a reader costs more than the write itself, and a reader that is already awake takes several
 * responses at once.
 */
let pending: (() => void)[] = [];

/** Runs `work` at the end of this event-loop iteration, in the order of the calls. It must not throw. */
export function atEndOfIteration(work: () => void): void {
  if (pending.push(work) === 1) setImmediate(runAll);
}

function runAll(): void {
  const all = pending;
  pending = [];
  for (const work of all) work();
}
