import type { Clock } from './clock.ts';

/**
 * Calls `fn` when an answer is too late. While the event loop is blocked no answer is read, and on a machine without a free
 * processor the other side may not have come to it either: a timer that fires late gives it the same time once more, and what
 * came meanwhile is read before `fn` is called.
 */
export function setDeadline(clock: Pick<Clock, 'monotonicMs' | 'setTimer'>, ms: number, fn: () => void): Disposable {
  let isOver = false;
  let timer = arm(clock, ms, (lateMs) => {
    if (lateMs > ms / 2) timer = arm(clock, ms, end);
    else end();
  });
  const end = (): void => {
    // After the timers of an iteration the event loop reads its sockets, then come its immediates.
    setImmediate(() => {
      if (!isOver) fn();
    });
  };
  return {
    [Symbol.dispose]() {
      isOver = true;
      timer[Symbol.dispose]();
    },
  };
}

function arm(
  clock: Pick<Clock, 'monotonicMs' | 'setTimer'>,
  ms: number,
  onFired: (lateMs: number) => void,
): Disposable {
  const dueMs = clock.monotonicMs() + ms;
  return clock.setTimer(ms, () => onFired(clock.monotonicMs() - dueMs));
}
