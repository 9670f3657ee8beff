/** The part of the server's answers about REST APIs that the page reads. */

export interface ConditionAnswer {
  readonly status: 'healthy' | 'degraded' | 'unhealthy';
  readonly message?: string;
}

/** One of `GET /apis`. */
export interface RestApiAnswer {
  readonly key: string;
  readonly baseUrl: string;
  readonly condition: ConditionAnswer;
  /** Null for an API whose credential does not change. */
  readonly token: { readonly state: string } | null;
  readonly requests: {
    readonly requests: number;
    readonly failed: number;
    readonly serverErrors: number;
    readonly lastFailure: { readonly at: number; readonly reason: string } | null;
  };
  readonly operations: { readonly offered: number; readonly withheld: number; readonly notIncluded: number };
}

/** `GET /apis/{key}`. */
export interface RestApiDetailsAnswer extends Omit<RestApiAnswer, 'operations'> {
  readonly openBreakers: readonly string[];
  readonly operations: readonly OperationAnswer[];
}

/** What became of one operation of the document. */
export interface OperationAnswer {
  /** `METHOD /path`. */
  readonly operation: string;
  readonly outcome: 'offered' | 'withheld' | 'not included';
  readonly tool?: string;
  readonly reason?: string;
}
