import { AsyncLocalStorage } from 'node:async_hooks';

import type { ServerEvent, ServerEventBus } from '@modelcontextprotocol/server';

import type { Principal } from '../../../access/principal.ts';
import type { ChangeNotifier } from './connection/change-notifier.ts';

/** Where the SDK's subscription streams get their events: from the notifier, each as the caller that opened it may see them. */
export class StreamBus implements ServerEventBus {
  readonly #notifier: ChangeNotifier;
  readonly #opener = new AsyncLocalStorage<Principal>();

  constructor(notifier: ChangeNotifier) {
    this.#notifier = notifier;
  }

  /** Whoever subscribes within `serve` is this caller. */
  open<T>(principal: Principal, serve: () => T): T {
    return this.#opener.run(principal, serve);
  }

  /** Called by the SDK. */
  subscribe(listener: (event: ServerEvent) => void): () => void {
    const principal = this.#opener.getStore();
    if (!principal) throw new Error('A subscription stream was opened without a caller.');
    return this.#notifier.add({ principal, send: listener });
  }

  /** Events come from the notifier. */
  publish(): void {}
}
