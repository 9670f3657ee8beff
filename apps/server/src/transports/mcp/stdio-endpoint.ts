import { localPrincipal } from '../../access/principal.ts';
import type { ChangeNotifier } from './sdk/connection/change-notifier.ts';
import type { ProtocolDependencies } from './protocol/protocol-dependencies.ts';
import type { StdioStreams } from './stdio-lines.ts';
import { StdioTransport, type StdioTransportOptions } from './stdio-transport.ts';

export interface StdioEndpointOptions extends ProtocolDependencies {
  readonly notifier: ChangeNotifier;
  readonly onInvalidLine: StdioTransportOptions['onInvalidLine'];
  /** The client is given up, since it reads nothing of what it was sent. */
  readonly onUnread?: (unreadMs: number) => void;
  /** @default those of the process */
  readonly streams?: StdioStreams;
}

export interface StdioEndpoint {
  /**
   * Loads the SDK now rather than with the first message that needs it.
   *
   * @throws {Error} for resources that cannot be registered
   */
  prepare(): Promise<void>;
  /** Whether nothing waits for an answer, calls aside, and the client has read what it was sent. */
  readonly isAnswered: () => boolean;
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
  const transport = new StdioTransport({
    ...options,
    ...streams,
    principal,
    async connectSdk(to) {
      const { connectStdioSdk } = await import('./sdk/stdio-sdk.ts');
      return connectStdioSdk({ ...options, principal }, to);
    },
  });
  transport.open();
  return {
    prepare: () => transport.prepare(),
    isAnswered: () => transport.isAnswered,
    async close() {
      await transport.prepared;
      // A response that is ready may still be on its way through the SDK.
      await new Promise((resolve) => setImmediate(resolve));
      await transport.end();
      // Calls that this cancelled are recorded.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
