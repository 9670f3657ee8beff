/** What the primary answers to the first request of a worker. */
export interface WorkerTerms {
  /** From 1 on; a worker that replaces another has its number. */
  readonly number: number;
  /** Kind of the audit store that the primary writes. */
  readonly auditKind: string;
  /** Seal session ids and the state of input rounds; base64. */
  readonly secrets: readonly string[];
}
