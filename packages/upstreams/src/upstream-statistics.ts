/** What an upstream has cost and how often it failed, since it was configured; read by whoever measures. */
export class UpstreamStatistics {
  connectionsOpened = 0;
  /** Connections that could not be opened, or ended by themselves. */
  connectionFailures = 0;
  requests = 0;
  /** From sending a request to its answer or failure, all added up: the time of the upstream without ours. */
  requestMs = 0;
}
