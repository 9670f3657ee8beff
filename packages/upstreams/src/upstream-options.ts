import type { ToolBreakerOptions, ToolOptions } from '@mcp/tool-base';

import type { Clock } from './clock.ts';
import type { InstancePlaces } from './connection/instance-places.ts';
import type { ProtocolChoice } from './connection/connection.ts';
import type { HttpConnectionOptions } from './http/origin-client.ts';
import type { StdioConnectionOptions } from './stdio/stdio-transport.ts';
import type { ToolChoice } from './listing/catalogue.ts';
import type { TrustOptions } from './trust/trust-gate.ts';

export type UpstreamOptions = UpstreamSettings & Endpoint;

/** Exactly one of the two. */
export type Endpoint =
  | { readonly http: HttpConnectionOptions; readonly stdio?: undefined }
  | { readonly stdio: StdioConnectionOptions; readonly http?: undefined };

/**
 * `auto`: `caller` for servers that keep a session (programs and sessions of the 2025 era), else `shared`. `session`: each session of a
 * client has a connection of its own; a client without one shares that of its caller.
 */
export type Isolation = 'auto' | 'shared' | 'caller' | 'session';

/** `off`: not checked; `warn`: passed and counted; `strict`: an error that says that the tool has run. */
export type StructuredMode = 'off' | 'warn' | 'strict';

export interface UpstreamSettings {
  /** Precedes the names of its tools: a lower-case letter, then up to 23 lower-case letters, digits and `-`. */
  readonly key: string;
  /** Who shares a connection. @default 'auto' */
  readonly isolation?: Isolation;
  /** Connections at the same time where each caller has its own. @default 8 */
  readonly maxInstances?: number;
  /** For those beside the first, shared with other upstreams. @default as many as `maxInstances` allows */
  readonly places?: InstancePlaces;
  /** What becomes of structured results that do not match the tool's output schema. @default 'warn' */
  readonly structured?: StructuredMode;
  /** Milliseconds after which a connection that nobody uses is closed; 0: never. @default 600 000 */
  readonly idleStopMs?: number;
  /** @default 'auto' */
  readonly protocol?: ProtocolChoice;
  readonly tools?: ToolChoice;
  /** Whether its prompts are offered. @default false */
  readonly offersPrompts?: boolean;
  /** Whether its resources are offered. @default false */
  readonly offersResources?: boolean;
  /** Longest run of a tool, in milliseconds. @default 60 000 */
  readonly timeoutMs?: number;
  /** For the connection and the first answers, in milliseconds. @default 60 000 */
  readonly startTimeoutMs?: number;
  /** Calls at the same time over all tools of the upstream. @default 16 */
  readonly concurrency?: number;
  /** The breaker of the connection; each tool has its own besides. */
  readonly circuitBreaker?: ToolBreakerOptions;
  /** @default every listed tool is trusted */
  readonly trust?: TrustOptions;
  /** Place of its tools in lists among upstreams, from 0. @default 0 */
  readonly position?: number;
  /** Defaults and ceilings for its limits, as for every tool. */
  readonly toolOptions?: Pick<ToolOptions, 'defaults' | 'ceilings' | 'breakerDefaults'>;
  /** How this program introduces itself to the upstream. */
  readonly client?: { readonly name: string; readonly version: string };
  readonly clock?: Clock;
}

export const DEFAULT_TIMEOUT_MS = 60_000;
export const DEFAULT_START_TIMEOUT_MS = 60_000;
export const DEFAULT_CONCURRENCY = 16;
export const DEFAULT_MAX_INSTANCES = 8;
export const DEFAULT_IDLE_STOP_MS = 600_000;
