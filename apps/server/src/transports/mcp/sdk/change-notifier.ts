import type { ServerNotifier } from '@modelcontextprotocol/server';

import type { ProtocolServer } from './protocol-server.ts';

/**
 * Tells every connected client of either era that something changed. 2025-era clients and stdio connections have a live
 * protocol instance; clients of the 2026 revision listen on a stream that the HTTP endpoint's notifier feeds.
 */
export class ChangeNotifier {
  readonly #connections = new Set<ProtocolServer>();
  #modern: ServerNotifier | undefined;

  /** Called once by the HTTP endpoint, which owns the modern listen streams. */
  attachModern(notifier: ServerNotifier): void {
    this.#modern = notifier;
  }

  /** @returns what removes it again, to be called when the connection closes. */
  add(connection: ProtocolServer): () => void {
    this.#connections.add(connection);
    return () => this.#connections.delete(connection);
  }

  toolsChanged(): void {
    this.#modern?.toolsChanged();
    // A connection that cannot be written to is closing; it finds the new list when it comes back.
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
