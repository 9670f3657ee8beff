/** A metric of the server itself, read at scrape time. */
export type ServerMetric = ServerGauge | ServerCounter | LabelledMetric | ServerHistogram;

export interface ServerGauge {
  readonly type: 'gauge';
  readonly label?: undefined;
  /** How the values of several workers become one. @default 'sum' */
  readonly aggregator?: 'sum' | 'max';
  readonly name: `mcp_${string}`;
  readonly help: string;
  readonly read: () => number | Promise<number>;
}

/** `read` never decreases, except by a restart. */
export interface ServerCounter {
  readonly type: 'counter';
  readonly label?: undefined;
  readonly name: `mcp_${string}_total`;
  readonly help: string;
  readonly read: () => number;
}

/** One value for each value of the label; one that is not read any more has none. */
export interface LabelledMetric {
  readonly type: 'gauge' | 'counter';
  /** How the values of several workers become one gauge. @default 'max': they report the same */
  readonly aggregator?: 'sum' | 'max' | 'min';
  readonly label: 'tool' | 'state' | 'api' | 'upstream';
  readonly name: `mcp_${string}`;
  readonly help: string;
  readonly read: () => ReadonlyMap<string, number> | Promise<ReadonlyMap<string, number>>;
}

export interface ServerHistogram {
  readonly type: 'histogram';
  readonly label?: undefined;
  readonly name: `mcp_${string}_seconds`;
  readonly help: string;
  /** Upper bounds, rising. */
  readonly buckets: readonly number[];
  /** Observations in each bucket alone, those above the last bound included, and the sum of all. */
  readonly read: () => { readonly counts: readonly number[]; readonly sum: number };
}
