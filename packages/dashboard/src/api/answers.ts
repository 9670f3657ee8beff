/** The part of the server's answers that the page reads. `dashboard-answers.test-d.ts` of the server compares it with what the server sends. */

export type BreakerState = 'closed' | 'open' | 'half_open';

export interface BreakerAnswer {
  readonly name: string;
  readonly state: BreakerState;
  readonly retryAfterMs: number;
  readonly forced: 'open' | 'closed' | null;
}

export interface StatisticsAnswer {
  readonly count: number;
  readonly window: {
    readonly sampleCount: number;
    readonly p50Ms: number | null;
    readonly p95Ms: number | null;
    readonly p99Ms: number | null;
  };
}

/** One of `GET /tools`. */
export interface ToolAnswer {
  readonly name: string;
  readonly title?: string;
  readonly description: string;
  readonly enabled: boolean;
  readonly available: { readonly ok: boolean; readonly reason?: string };
  readonly running: number;
  readonly queued: number;
  readonly circuitBreaker: {
    readonly scope: 'tool' | 'target';
    readonly state: BreakerState;
    readonly breakers: readonly BreakerAnswer[];
  };
  readonly statistics: StatisticsAnswer | null;
}

export type HealthWord = 'pass' | 'warn' | 'fail';

/** `GET /health`, to those who may read. */
export interface HealthAnswer {
  readonly status: HealthWord;
  readonly notes?: readonly string[];
  readonly checks?: Readonly<Record<string, readonly HealthCheckAnswer[]>>;
}

export interface HealthCheckAnswer {
  readonly status: HealthWord;
  readonly observedValue?: unknown;
  readonly observedUnit?: string;
  readonly output?: string;
  readonly stale?: boolean;
}

/** A call that ended: an entry of `GET /executions`, or the event `call.finished`. */
export interface FinishedCall {
  /** Milliseconds since the epoch, by the server's clock. */
  readonly at: number;
  readonly tool: string;
  readonly caller: string;
  /** 'success' or the type of the error. */
  readonly outcome: string;
  readonly durationMs: number;
  readonly queueMs: number;
  readonly outputBytes: number;
  readonly correlationId: string;
}

export interface ExecutionsAnswer {
  readonly entries: readonly (FinishedCall & { readonly id: string })[];
  /** False when the store could not be asked. */
  readonly complete: boolean;
  /** Id to give as `before` for the next page. */
  readonly next?: string;
}
