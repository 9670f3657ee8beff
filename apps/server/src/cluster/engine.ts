import type { RateLimits } from '../rate-limit/rate-limiter.ts';
import type { Grant } from './reserved-calls.ts';
import type { SessionEngine, SessionListener } from './session-engine.ts';

/** The tables that all servers of a cluster keep equal. */
export const TABLES = ['switches', 'breakers'] as const;

export type TableName = (typeof TABLES)[number];

/** What an operator set last for one name. Of two values the one with the higher version counts. */
export interface Entry {
  readonly version: number;
  readonly value: string;
}

/**
 * Port: what the servers of a cluster must know of each other now. A server that runs alone has none, and pays nothing.
 *
 * Commands answer or reject within `cluster.timeout`. While the engine is down they reject at once.
 */
export interface ClusterEngine extends AsyncDisposable {
  /** Name of this server in the cluster. */
  readonly replica: string;
  readonly state: 'up' | 'down';
  /** Servers seen in the last 15 seconds, this one included; while the engine is down, those that were seen last. */
  readonly replicas: number;
  /** Somebody reads `/events` on one of the servers. */
  readonly watched: boolean;
  /**
   * Joins the cluster.
   *
   * @throws {StartError} when the engine does not answer in time, or belongs to other servers
   */
  join(listener: EngineListener): Promise<void>;
  /** Up to so many of `burst + rate * t` calls over all servers, on the clock of the engine. */
  take(key: string, limits: Required<RateLimits>, calls: number): Promise<Grant>;
  /**
   * Sets an entry for all servers.
   *
   * @param version the entry counts only if it is higher than the one that is there. @default one more than every version so far
   * @returns the entry that counts
   */
  set(table: TableName, name: string, value: string, version?: number): Promise<Entry>;
  /** Adds to the one order of events. */
  append(event: string): Promise<void>;
  /** Tells all servers that events were lost before this point. */
  appendGap(): Promise<void>;
  /** Tells the servers that run now that a breaker of this one has opened. */
  appendOpening(opening: string): Promise<void>;
  /** Milliseconds since the epoch on the clock of the engine, which all servers have in common; an estimate. */
  now(): number;
  /** This server has a reader of events, until a minute without another call. */
  watch(): void;
  readonly sessions: SessionEngine;
  health(): EngineHealth;
}

/** What the engine reports. Functions are called in the order of the engine, and must not throw. */
export interface EngineListener extends SessionListener {
  /** The whole table, with every join; the engine may have lost what it held before. */
  onTable(table: TableName, entries: ReadonlyMap<string, Entry>): void;
  onEntry(table: TableName, name: string, entry: Entry): void;
  onEvent(id: string, event: string): void;
  /** Events may be missing between the last one and the next. */
  onGap(): void;
  /** A breaker of a server, maybe of this one, has opened. */
  onOpening?(opening: string): void;
  /** The engine has lost data; called after the tables of the join that noticed it. */
  onDataLost?(): void;
  /** After the tables of every join: what could not be shared before can be now. */
  onSynchronized?(): void;
  /** The first attempts to join have failed, and more are made; called at most once. */
  onWaiting?(reason: string): void;
  /** The first reader of events has come. */
  onWatched?(): void;
  onState(state: 'up' | 'down', reason?: string): void;
}

export interface EngineHealth {
  readonly status: 'healthy' | 'degraded';
  readonly message?: string;
  /** Commands that failed or were too late. */
  readonly failures: number;
  readonly latencyMs: number | undefined;
}
