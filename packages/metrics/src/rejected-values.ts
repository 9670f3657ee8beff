/** What can be rejected: the values of the label `field` of `mcp_metrics_rejected_total`. */
export const REJECTED_FIELDS = [
  'tool',
  'status',
  'error_type',
  'duration',
  'queue',
  'output_bytes',
  'trace_id',
  'breaker',
] as const;
export type RejectedField = (typeof REJECTED_FIELDS)[number];

/** Counts rejected values: an invalid value is visible on a dashboard, and in no other series. */
export class RejectedValues {
  readonly #counts: Record<RejectedField, number> = {
    tool: 0,
    status: 0,
    error_type: 0,
    duration: 0,
    queue: 0,
    output_bytes: 0,
    trace_id: 0,
    breaker: 0,
  };

  add(field: RejectedField): void {
    this.#counts[field]++;
  }

  /** A copy of the counts. */
  counts(): Record<RejectedField, number> {
    return { ...this.#counts };
  }
}
