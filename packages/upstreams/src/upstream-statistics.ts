/** What an upstream has cost and how often it failed, since it was configured; read by whoever measures. */
export interface UpstreamStatistics {
  connectionsOpened: number;
  /** Connections that could not be opened, or ended by themselves. */
  connectionFailures: number;
  requests: number;
  /** From sending a request to its answer or failure, all added up: the time of the upstream without ours. */
  requestMs: number;
  /** Structured results that did not match the output schema of their tool. */
  structuredMismatches: number;
  /** Lines that a program printed among its messages. */
  otherLines: number;
}

export function newStatistics(): UpstreamStatistics {
  const requests = { requests: 0, requestMs: 0, structuredMismatches: 0 };
  return { connectionsOpened: 0, connectionFailures: 0, ...requests, otherLines: 0 };
}
