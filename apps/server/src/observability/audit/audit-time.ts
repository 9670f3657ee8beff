/** Time as the audit trail needs it; replaced in tests. */
export interface AuditTime {
  /** Milliseconds since the epoch. */
  now(): number;
  after(ms: number, run: () => void): Disposable;
  every(ms: number, run: () => void): Disposable;
}

/** The machine's clock. Its timers keep no process alive: what they do is also done on closing. */
export const systemAuditTime: AuditTime = {
  now: () => Date.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms).unref();
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
  every(ms, run) {
    const timer = setInterval(run, ms).unref();
    return { [Symbol.dispose]: () => clearInterval(timer) };
  },
};
