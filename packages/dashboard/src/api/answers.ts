/** The part of the server's answers that the page reads. `dashboard-answers.test-d.ts` of the server compares it with what the server sends. */

export type { JobAnswer, JobDetailsAnswer, JobState } from './job-answers.ts';
export type { ConditionAnswer, OperationAnswer, RestApiAnswer, RestApiDetailsAnswer } from './rest-api-answers.ts';

/** The outcomes of calls whose tool was not run. */
export const REJECTION_TYPES = [
  'validation_error',
  'not_found',
  'disabled',
  'unauthorized',
  'forbidden',
  'resource_exhausted',
  'circuit_breaker_open',
] as const;

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
  /** The configuration excludes the tool, so it cannot be enabled. */
  readonly excluded: boolean;
  /** What the key in use may do with the tool. */
  readonly permissions: { readonly call: boolean; readonly control: boolean };
}

/** `GET /tools/{name}`. */
export interface ToolDetailsAnswer extends ToolAnswer {
  readonly kind: string;
  readonly limits: object;
  readonly annotations: { readonly readOnlyHint?: boolean; readonly destructiveHint?: boolean };
  readonly inputSchema: object;
  readonly outputSchema: object | null;
  /** Newest first. */
  readonly breakerHistory: readonly {
    readonly at: number;
    readonly breaker: string;
    readonly from: string;
    readonly to: string;
    readonly reason: string;
  }[];
}

/** `GET /links`. */
export interface LinksAnswer {
  readonly grafana: string | null;
}

/** `GET /caller`. */
export interface CallerAnswer {
  readonly name: string;
  readonly scopes: readonly string[];
  /** The listener has only routes that read, whatever the scopes. */
  readonly readOnly: boolean;
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

/** An entry of `GET /executions`: what the audit log has of a call. */
export interface ExecutionAnswer extends FinishedCall {
  readonly id: string;
  readonly decision: 'allowed' | 'refused';
  readonly address?: string | undefined;
  readonly client?: { readonly name: string; readonly version: string } | undefined;
  readonly keyName?: string | undefined;
  readonly message?: string;
  readonly exitCode?: number;
  readonly argumentShape: Readonly<Record<string, string>>;
  readonly argumentText?: string;
}

export interface ExecutionsAnswer {
  readonly entries: readonly ExecutionAnswer[];
  /** False when the store could not be asked. */
  readonly complete: boolean;
  /** Id to give as `before` for the next page. */
  readonly next?: string;
}

/** `GET /config`. */
export interface ConfigurationAnswer {
  readonly version: number;
  readonly values: readonly {
    readonly key: string;
    readonly value: unknown;
    readonly origin: OriginAnswer;
    readonly reload: string;
  }[];
  readonly rejectedReload: RejectedReloadAnswer | null;
}

export interface RejectedReloadAnswer {
  readonly at: number;
  readonly problems: readonly {
    readonly path: readonly string[];
    readonly message: string;
    readonly suggestion?: string;
    readonly origin: OriginAnswer;
  }[];
}

/** Where a value comes from: a place in a file, or the name of a variable or flag. */
export interface OriginAnswer {
  readonly source: string;
  readonly file?: string;
  readonly line?: number;
  readonly variable?: string;
  readonly flag?: string;
}

/** `POST /tools/{name}/execute`, for a tool that ran. */
export interface CallResultAnswer {
  readonly ok: boolean;
  readonly content: readonly { readonly type: string; readonly text?: string }[];
  readonly durationMs: number;
  readonly correlationId: string;
}

/** An entry of `GET /approvals`. Times in milliseconds since the epoch. */
export interface ApprovalAnswer {
  readonly id: string;
  readonly tool: string;
  readonly caller: string;
  /** JSON, shortened. */
  readonly arguments: string;
  readonly state: 'waiting' | 'allowed' | 'denied';
  readonly expiresAt: number;
  readonly decidedBy: string | null;
}

/** One of `GET /upstreams`. */
export interface UpstreamAnswer {
  readonly key: string;
  readonly kind: 'http' | 'stdio';
  readonly address: string;
  /** Whether operators left it on. */
  readonly enabled: boolean;
  readonly state: string;
  /** Why it is not ready. */
  readonly problem?: string;
  readonly listProblem?: string;
  readonly trustProblem?: string;
  readonly protocol?: { readonly version: string };
  readonly tools: number;
  readonly pending: number;
  readonly withheld: number;
  readonly connections: number;
  readonly running: number;
  readonly circuitBreaker: BreakerState;
}

/** `GET /upstreams/{key}`. */
export interface UpstreamDetailsAnswer extends Omit<UpstreamAnswer, 'tools' | 'pending' | 'withheld'> {
  readonly pending: readonly { readonly name: string; readonly change: 'new' | 'changed' }[];
  readonly withheld: readonly { readonly name: string; readonly reason: string }[];
}

/** The texts of a tool or prompt that a person approves. */
export interface ToolTextsAnswer {
  readonly title?: string;
  readonly description?: string;
  readonly inputSchema?: object;
  readonly outputSchema?: object;
  readonly arguments?: object;
}

/** One of `GET /upstreams/{key}/diff`. */
export interface UpstreamChangeAnswer {
  readonly kind: 'tool' | 'prompt';
  readonly name: string;
  readonly change: 'new' | 'changed';
  /** Null for a new one. */
  readonly before: ToolTextsAnswer | null;
  readonly after: ToolTextsAnswer;
}
