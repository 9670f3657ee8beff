import { serveStdio } from '@modelcontextprotocol/server/stdio';

import { localPrincipal } from '../../access/principal.ts';
import type { ChangeNotifier } from './sdk/change-notifier.ts';
import type { ProtocolDependencies } from './protocol/protocol-dependencies.ts';
import { createProtocolServer, type ProtocolServer } from './sdk/protocol-server.ts';
import { createSharedDependencies } from './sdk/protocol-server-dependencies.ts';
import type { StdioStreams } from './stdio-lines.ts';
import { StdioTransport, type StdioTransportOptions } from './stdio-transport.ts';

export interface StdioEndpointOptions extends ProtocolDependencies {
  readonly notifier: ChangeNotifier;
  readonly onInvalidLine: StdioTransportOptions['onInvalidLine'];
  /** @default those of the process */
  readonly streams?: StdioStreams;
}

export interface StdioEndpoint {
  /** Sends the responses that are ready, and cancels the calls that still run. */
  close(): Promise<void>;
}

/**
 * Serves MCP on stdin and stdout, in the protocol era that the client opens with. Nothing else may write to stdout from
 * here on. The only caller is the process that started the server; it has every scope.
 *
 * The end of stdin closes nothing here: requests that came before it are still answered. The code that called this
 * decides how long that may take, and closes.
 */
export function startStdioEndpoint(options: StdioEndpointOptions): StdioEndpoint {
  const principal = localPrincipal('stdio');
  const { streams = { input: process.stdin, output: process.stdout } } = options;
  const dependencies = createSharedDependencies(options);
  const transport = new StdioTransport({ ...options, ...streams, principal });
  const sdk = serveStdio(
    ({ era }) => {
      const connection = createProtocolServer(dependencies, { principal, era });
      // In the 2026 revision the SDK filters by what each subscription stream asked for, so it gets every update.
      const listed: ProtocolServer = era === 'modern' ? { ...connection, subscriptions: everyUri } : connection;
      const remove = options.notifier.add(listed);
      connection.server.onclose = remove;
      connection.server.onerror = options.onError;
      transport.connected({ era, server: connection.server });
      return connection.mcpServer;
    },
    { transport, onerror: options.onError },
  );
  return {
    async close() {
      // A response that is ready may still be on its way through the SDK.
      await new Promise((resolve) => setImmediate(resolve));
      await sdk.close();
    },
  };
}

const everyUri: ReadonlySet<string> = new (class extends Set<string> {
  override has(): boolean {
    return true;
  }
})();
