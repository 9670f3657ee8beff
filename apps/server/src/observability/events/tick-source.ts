/** Time as open streams need it; replaced in tests. */
export interface TickSource {
  /** Monotonic milliseconds. */
  now(): number;
  every(ms: number, tick: () => void): Disposable;
}

export const systemTicks: TickSource = {
  now: () => performance.now(),
  every(ms, tick) {
    const timer = setInterval(tick, ms);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
};
