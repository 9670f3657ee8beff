/** A metric of the server itself, read at scrape time. */
export type ServerMetric = ServerGauge | ServerGaugeByTool | ServerCounter;

export interface ServerGauge {
  readonly type: 'gauge';
  readonly name: `mcp_${string}`;
  readonly help: string;
  readonly read: () => number;
}

/** One value for each tool; a tool that is not read any more has none. */
export interface ServerGaugeByTool {
  readonly type: 'gauge by tool';
  readonly name: `mcp_${string}`;
  readonly help: string;
  readonly read: () => ReadonlyMap<string, number>;
}

/** `read` never decreases, except by a restart. */
export interface ServerCounter {
  readonly type: 'counter';
  readonly name: `mcp_${string}_total`;
  readonly help: string;
  readonly read: () => number;
}
