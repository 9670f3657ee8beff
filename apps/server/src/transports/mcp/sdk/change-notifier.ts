import type { ServerNotifier } from '@modelcontextprotocol/server';

import type { ProtocolServer } from './protocol-server.ts';

/**
 * Notifies every connected client of either era of changes. 2025-era clients and stdio connections have a protocol
 * instance each; clients of the 2026 revision have a subscription stream, which the notifier of the HTTP endpoint writes.
 */
export class ChangeNotifier {
  readonly #connections = new Set<ProtocolServer>();
  #modern: ServerNotifier | undefined;

  /** Called once by the HTTP endpoint, which owns the subscription streams of the 2026 revision. */
  attachModern(notifier: ServerNotifier): void {
    this.#modern = notifier;
  }

  /** @returns removes the connection; called when it closes */
  add(connection: ProtocolServer): () => void {
    this.#connections.add(connection);
    return () => this.#connections.delete(connection);
  }

  toolsChanged(): void {
    this.#modern?.toolsChanged();
    // A connection that cannot be written to is closing; its client reads the new list after it reconnects.
    for (const { server } of this.#connections) server.sendToolListChanged().catch(() => {});
  }

  promptsChanged(): void {
    this.#modern?.promptsChanged();
    for (const { server } of this.#connections) server.sendPromptListChanged().catch(() => {});
  }

  resourceUpdated(uri: string): void {
    this.#modern?.resourceUpdated(uri);
    for (const { server, subscriptions } of this.#connections) {
      if (subscriptions.has(uri)) server.sendResourceUpdated({ uri }).catch(() => {});
    }
  }
}
