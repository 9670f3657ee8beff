/** One metric with its values, in the shape of prom-client: plain data, which goes from process to process. */
export interface MetricRecord {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: string;
  readonly values: readonly { readonly value: number }[];
}
