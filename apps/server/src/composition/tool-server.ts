import type { ConfigStore } from '@mcp/config';
import type { Launcher } from '@mcp/tool-base';

import type { ServerConfig } from '../configuration/shape/server-config.ts';
import type { KeyOrigin } from '../access/key-origin.ts';
import type { LoadedModules } from '../modules/load-modules.ts';
import type { RestTools } from '../tools/rest/rest-tools.ts';
import type { Logger } from '../observability/log/logger.ts';
import type { CallTracer } from '../observability/tracing/call-tracer.ts';
import type { StdioStreams } from '../transports/mcp/stdio-lines.ts';
import type { ClusterEngine } from '../cluster/engine.ts';
import type { WorkerPart } from '../workers/join-primary.ts';

export interface ToolServerOptions {
  readonly store: ConfigStore<ServerConfig>;
  readonly launcher: Launcher;
  readonly logger: Logger;
  readonly tracer: CallTracer;
  /** Tools, prompts and resources from the operator's modules. */
  readonly modules: LoadedModules;
  readonly restTools: RestTools;
  /** Of the cluster; absent for a server that runs alone. */
  readonly engine?: ClusterEngine | undefined;
  /** Where this process is one worker of several. */
  readonly worker?: WorkerPart | undefined;
}

export interface ToolServer {
  /**
   * Opens the transports.
   *
   * @param stdio what the client reads and writes, where the transport is stdio
   * @throws {StartError} when the port cannot be bound
   */
  start(stdio: StdioStreams): Promise<StartedServer>;
  /**
   * Reports that the server is not ready, and resolves after `server.drainDelay`. Until then everything is still answered: a
   * load balancer stops sending requests before one is rejected.
   */
  announceStop(): Promise<void>;
  /**
   * Stops everything, once; running calls get the grace period first.
   *
   * @param cause whether the only client has ended the connection: its calls are then cancelled soon
   */
  stop(cause?: { readonly isClientGone: boolean }): Promise<void>;
}

export interface StartedServer {
  /** Without a trailing slash; `undefined` over stdio. */
  readonly url: string | undefined;
  /** Of the operations listener, where one is configured. */
  readonly operationsUrl: string | undefined;
  readonly key: KeyOrigin;
  /** Names of the enabled tools. */
  readonly tools: readonly string[];
  /** An enabled tool that can be called without arguments, to try the server with. */
  readonly exampleTool: string | undefined;
}
