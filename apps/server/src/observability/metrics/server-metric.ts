/** A metric of the server itself, read at scrape time. */
export type ServerMetric = ServerGauge | ServerCounter;

export interface ServerGauge {
  readonly type: 'gauge';
  readonly name: `mcp_${string}`;
  readonly help: string;
  readonly read: () => number;
}

/** `read` never decreases, except by a restart. */
export interface ServerCounter {
  readonly type: 'counter';
  readonly name: `mcp_${string}_total`;
  readonly help: string;
  readonly read: () => number;
}
