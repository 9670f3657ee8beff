import type { Server, ServerEvent } from '@modelcontextprotocol/server';

import type { Principal } from '../../../../access/principal.ts';

/** Whoever is notified of changes: a connection of the 2025 era or over stdio, or a subscription stream of the 2026 revision. */
export interface NotifiedClient {
  readonly principal: Principal;
  readonly send: (event: ServerEvent) => void;
}

/** A protocol instance that serves one client as long as it is connected. */
export interface NotifiedConnection {
  readonly server: Server;
  readonly principal: Principal;
  /** The URIs of the resources whose updates it receives. */
  readonly settings: { readonly subscriptions: Pick<ReadonlySet<string>, 'has'> };
}

/** What a caller sees of each list, as a text that differs when the list does. */
export interface VisibleLists {
  readonly tools: (principal: Principal) => string;
  readonly prompts: (principal: Principal) => string;
  readonly resources: (principal: Principal) => string;
  /** Whether changes of the resource are none of this caller's business. */
  readonly isHidden: (uri: string, principal: Principal) => boolean;
}

type List = 'tools' | 'prompts' | 'resources';

const LISTS: readonly List[] = ['tools', 'prompts', 'resources'];

/** Notifies every connected client of either era of changes of what it can see, and of nothing else. */
export class ChangeNotifier {
  /** What each client saw of the lists when it was last notified. */
  readonly #clients = new Map<NotifiedClient, Map<List, string>>();
  #lists: VisibleLists | undefined;

  /** Until this is called every change counts as visible. */
  follow(lists: VisibleLists): void {
    this.#lists = lists;
  }

  /** @returns removes the client; called when it has gone */
  add(client: NotifiedClient): () => void {
    const { principal } = client;
    const lists = this.#lists;
    this.#clients.set(client, new Map(LISTS.flatMap((list) => (lists ? [[list, lists[list](principal)]] : []))));
    return () => void this.#clients.delete(client);
  }

  toolsChanged(): void {
    this.#changed('tools');
  }

  promptsChanged(): void {
    this.#changed('prompts');
  }

  resourcesChanged(): void {
    this.#changed('resources');
  }

  resourceUpdated(uri: string): void {
    for (const { principal, send } of this.#clients.keys()) {
      if (this.#lists?.isHidden(uri, principal) !== true) send({ kind: 'resource_updated', uri });
    }
  }

  #changed(list: List): void {
    for (const [{ principal, send }, seen] of this.#clients) {
      const now = this.#lists?.[list](principal);
      if (now !== undefined && now === seen.get(list)) continue;
      if (now !== undefined) seen.set(list, now);
      send({ kind: `${list}_list_changed` });
    }
  }
}

/** A connection as the notifier sees it. One that cannot be written to is closing; its client reads the lists when it reconnects. */
export function notifiedConnection({ server, principal, settings }: NotifiedConnection): NotifiedClient {
  const sent = (sending: Promise<void>): void => void sending.catch(() => {});
  return {
    principal,
    send(event) {
      switch (event.kind) {
        case 'tools_list_changed':
          return sent(server.sendToolListChanged());
        case 'prompts_list_changed':
          return sent(server.sendPromptListChanged());
        case 'resources_list_changed':
          return sent(server.sendResourceListChanged());
        case 'resource_updated':
          if (settings.subscriptions.has(event.uri)) sent(server.sendResourceUpdated({ uri: event.uri }));
      }
    },
  };
}
