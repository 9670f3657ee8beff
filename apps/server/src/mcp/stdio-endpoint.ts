import { serveStdio } from '@modelcontextprotocol/server/stdio';

import { localPrincipal } from '../access/principal.ts';
import type { ChangeNotifier } from './change-notifier.ts';
import type { ProtocolParts } from './protocol-parts.ts';
import { completeParts, createProtocolServer, type ProtocolServer } from './protocol-server.ts';

export interface StdioEndpointOptions extends ProtocolParts {
  readonly notifier: ChangeNotifier;
  readonly onError: (error: Error) => void;
}

export interface StdioEndpoint {
  close(): Promise<void>;
}

/**
 * Speaks MCP on stdin and stdout, in the era the client opens with. Nothing else may write to stdout from here on.
 * The process that started us is the only caller there is, and may do everything.
 */
export function startStdioEndpoint(options: StdioEndpointOptions): StdioEndpoint {
  const principal = localPrincipal('stdio');
  const parts = completeParts(options);
  return serveStdio(
    ({ era }) => {
      const connection = createProtocolServer(parts, { principal });
      // On the 2026 revision the SDK filters by what each listen stream asked for, so every update is handed to it.
      const listed: ProtocolServer = era === 'modern' ? { ...connection, subscriptions: everyUri } : connection;
      const remove = options.notifier.add(listed);
      connection.server.onclose = remove;
      connection.server.onerror = options.onError;
      return connection.product;
    },
    { onerror: options.onError },
  );
}

const everyUri: ReadonlySet<string> = new (class extends Set<string> {
  override has(): boolean {
    return true;
  }
})();
