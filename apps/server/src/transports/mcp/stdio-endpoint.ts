import { serveStdio } from '@modelcontextprotocol/server/stdio';

import { localPrincipal } from '../../access/principal.ts';
import type { ChangeNotifier } from './sdk/change-notifier.ts';
import type { ProtocolParts } from './handoff/protocol-context.ts';
import { createProtocolServer, type ProtocolServer } from './sdk/protocol-server.ts';
import { completeParts } from './sdk/protocol-server-context.ts';
import { StdioFastLane } from './fast-path/stdio-fast-path.ts';
import type { StdioStreams } from './fast-path/stdio-lines.ts';

export interface StdioEndpointOptions extends ProtocolParts {
  readonly notifier: ChangeNotifier;
  readonly onError: (error: Error) => void;
  /** @default those of the process */
  readonly streams?: StdioStreams;
}

export interface StdioEndpoint {
  /** Sends what has been answered, and ends what has not. */
  close(): Promise<void>;
}

/**
 * Speaks MCP on stdin and stdout, in the era the client opens with. Nothing else may write to stdout from here on.
 * The process that started us is the only caller there is, and may do everything.
 *
 * The end of stdin closes nothing here: what was asked before it is still answered. Whoever started this decides how
 * long that may take, and closes.
 */
export function startStdioEndpoint(options: StdioEndpointOptions): StdioEndpoint {
  const principal = localPrincipal('stdio');
  const { streams = { input: process.stdin, output: process.stdout } } = options;
  const parts = completeParts(options);
  const lane = new StdioFastLane({ ...options, ...streams, principal });
  const sdk = serveStdio(
    ({ era }) => {
      const connection = createProtocolServer(parts, { principal });
      // On the 2026 revision the SDK filters by what each listen stream asked for, so every update is handed to it.
      const listed: ProtocolServer = era === 'modern' ? { ...connection, subscriptions: everyUri } : connection;
      const remove = options.notifier.add(listed);
      connection.server.onclose = remove;
      connection.server.onerror = options.onError;
      lane.connected({ era, server: connection.server });
      return connection.product;
    },
    { transport: lane, onerror: options.onError },
  );
  return {
    async close() {
      // An answer that is ready may still be on its way through the SDK.
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
