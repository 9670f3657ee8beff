/** Times are seconds in the configuration and milliseconds in the code. Only the files of this folder convert one to the other. */
import type { NumberRange } from '@mcp/tool-base';

import type { ToolRateLimitConfig } from '../fields/rate-limit-field.ts';
import type { ServerConfig } from '../shape/server-config.ts';

/** Rounded to whole milliseconds, because timers take nothing finer. */
export function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}

export function seconds(milliseconds: number): number {
  return milliseconds / 1000;
}

export function rangeInSeconds({ min, max }: NumberRange): NumberRange {
  return { min: seconds(min), max: seconds(max) };
}

/** The section `database` for a pool of connections. */
export function databasePool({ poolSize, maxOverflow, poolTimeout, poolRecycle }: ServerConfig['database']): {
  readonly poolSize: number;
  readonly maxOverflow: number;
  readonly poolTimeoutMs: number;
  readonly poolRecycleMs: number;
} {
  return {
    poolSize,
    maxOverflow,
    poolTimeoutMs: milliseconds(poolTimeout),
    poolRecycleMs: milliseconds(poolRecycle),
  };
}

/** How often a health check runs, and how long it may take. */
export interface CheckTiming {
  readonly periodMs: number;
  readonly timeoutMs: number;
}

export function checkTiming({ checkInterval, timeout }: ServerConfig['health']): CheckTiming {
  return { periodMs: milliseconds(checkInterval), timeoutMs: milliseconds(timeout) };
}

/** How long an approval waits. */
export function approvalTimeoutMs({ approvalTimeout }: ServerConfig['security']): number {
  return milliseconds(approvalTimeout);
}

/** A rate limit of the configuration; without `burst` as many calls at once as in a window. */
export function rateLimits({ requests, window, burst = requests }: ToolRateLimitConfig): {
  readonly requests: number;
  readonly windowMs: number;
  readonly burst: number;
} {
  return { requests, windowMs: milliseconds(window), burst };
}

/** Time between two samples of the section `metrics`. */
export function collectionIntervalMs({ collectionInterval }: ServerConfig['metrics']): number {
  return milliseconds(collectionInterval);
}

/** How long an ended job can be read. */
export function jobRetentionMs({ jobs }: ServerConfig): number {
  return milliseconds(jobs.retention);
}

/** How long a call over MCP is waited for before it goes on as a job. */
export function jobWaits({ jobs }: ServerConfig): { readonly taskAfterMs: number; readonly inlineWaitMs: number } {
  return { taskAfterMs: milliseconds(jobs.taskAfter), inlineWaitMs: milliseconds(jobs.inlineWait) };
}

export function jobLeaseMs({ jobs }: ServerConfig): number {
  return milliseconds(jobs.lease);
}

/** How long an idle connection stays open. */
export function keepAliveMs({ keepAliveTimeout }: ServerConfig['server']): number {
  return milliseconds(keepAliveTimeout);
}

/** How long the server still answers after a signal to stop. There is no load balancer in front of stdio. */
export function drainDelayMs({ transport, drainDelay }: ServerConfig['server']): number {
  return transport === 'http' ? milliseconds(drainDelay) : 0;
}

/** The section `cluster`. */
export function clusterTimes({ timeout, startTimeout }: ServerConfig['cluster']): {
  readonly timeoutMs: number;
  readonly startTimeoutMs: number;
} {
  return { timeoutMs: milliseconds(timeout), startTimeoutMs: milliseconds(startTimeout) };
}

/** How long running calls may go on after a signal to stop. */
export function shutdownGraceMs({ shutdownGracePeriod }: ServerConfig['server']): number {
  return milliseconds(shutdownGracePeriod);
}
