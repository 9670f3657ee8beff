import type { ServerConfig } from '../shape/server-config.ts';

type Limits = Pick<ServerConfig['server'], 'workers' | 'maxConnections' | 'maxConcurrentCalls'>;

/** The part of `server.maxConnections` of each worker. */
export function connectionsPerWorker({ maxConnections, workers }: Limits): number {
  return Math.max(1, Math.floor(maxConnections / workers));
}

/** The part of `server.maxConcurrentCalls` of each worker. */
export function callsPerWorker({ maxConcurrentCalls, workers }: Limits): number {
  return Math.max(1, Math.floor(maxConcurrentCalls / workers));
}

/** The part of `jobs.maxRunning` of each worker. */
export function jobsPerWorker({ server, jobs }: Pick<ServerConfig, 'server' | 'jobs'>): number {
  return Math.max(1, Math.floor(jobs.maxRunning / server.workers));
}
