/** What an upstream has cost and how often it failed, since it was configured; read by whoever measures. */
export interface UpstreamStatistics {
  connectionsOpened: number;
  /** Connections that could not be opened, or ended by themselves. */
  connectionFailures: number;
  requests: number;
  /** From sending a request to its answer or failure, all added up: the time of the upstream without ours. */
  requestMs: number;
}
