import type { ProtocolEra } from './connection/connection.ts';
import type { WithheldTool } from './listing/listed-tool.ts';
import type { Pin } from './trust/pins.ts';
import type { TrustMode } from './trust/trust.ts';

/** `idle`: not connected, and nobody asked for it yet. */
export type UpstreamState = 'idle' | 'starting' | 'ready' | 'failed' | 'stopped';

/** What an operator may know about an upstream; plain JSON, without secrets. Every text of the upstream is free of invisible characters. */
export interface UpstreamReport {
  readonly key: string;
  readonly kind: 'http' | 'stdio';
  /** Origin and path, without a query; of a program its name. */
  readonly address: string;
  readonly state: UpstreamState;
  /** Why it is not ready. */
  readonly problem?: string;
  readonly protocol?: { readonly era: ProtocolEra; readonly version: string };
  /** As the upstream introduces itself. */
  readonly server?: { readonly name: string; readonly version: string };
  /** Milliseconds since the epoch; absent until a list was read. */
  readonly listedAt?: number;
  /** Why the last reading of the list failed; the tools before it stay. */
  readonly listProblem?: string;
  readonly tools: readonly {
    /** The name that clients call. */
    readonly name: string;
    /** The upstream's own name. */
    readonly upstreamName: string;
    readonly notes: readonly string[];
  }[];
  /** How many are offered; absent unless they are to be. */
  readonly prompts?: number;
  /** With templates. */
  readonly resources?: number;
  readonly trust: TrustMode;
  /** Why approvals cannot be read or kept. */
  readonly trustProblem?: string;
  /** Tools and prompts that wait for approval. */
  readonly pending: readonly {
    readonly kind: PendingKind;
    readonly name: string;
    readonly upstreamName: string;
    readonly change: 'new' | 'changed';
  }[];
  readonly withheld: readonly WithheldTool[];
  /** Own names of tools that the configuration excludes. */
  readonly excluded: readonly string[];
  /** Open now; of programs, how many run. */
  readonly connections: number;
  /** Lines that a program printed among its messages. */
  readonly otherLines: number;
  /** Since it was configured, like the next three. */
  readonly connectionsOpened: number;
  readonly connectionFailures: number;
  readonly requests: number;
  /** Milliseconds that it took to answer them, added up. */
  readonly requestMs: number;
  /** Structured results that did not match the output schema of their tool. */
  readonly structuredMismatches: number;
  readonly running: number;
  readonly queued: number;
  readonly circuitBreaker: 'closed' | 'open' | 'half_open';
}

/** What waits for approval: names of tools and of prompts are apart. */
export type PendingKind = 'tool' | 'prompt';

/** A tool or prompt that waits for approval, as it was approved and as it is now. */
export interface UpstreamDiff {
  readonly kind: PendingKind;
  readonly name: string;
  readonly upstreamName: string;
  readonly change: 'new' | 'changed';
  /** Null for a new one. */
  readonly before: Pin | null;
  readonly after: Pin;
}

/** What happens in an upstream, for logs, events and metrics. */
export type UpstreamChange =
  | { readonly type: 'state'; readonly from: UpstreamState; readonly to: UpstreamState; readonly problem?: string }
  | {
      readonly type: 'tools';
      readonly offered: number;
      readonly withheld: readonly WithheldTool[];
      readonly pending: readonly { readonly name: string; readonly change: 'new' | 'changed' }[];
    }
  /** What is offered of them changed, or what waits. */
  | {
      readonly type: 'prompts';
      readonly pending: readonly { readonly name: string; readonly change: 'new' | 'changed' }[];
    }
  /** What is offered of them changed. */
  | { readonly type: 'resources' }
  | { readonly type: 'resource_updated'; readonly uri: string }
  /** A line that a program wrote to stderr, without its secrets. */
  | { readonly type: 'error_line'; readonly line: string }
  | { readonly type: 'trust_failed'; readonly problem: string }
  | { readonly type: 'list_failed'; readonly problem: string };
