/**
 * What an upstream sends without being asked, taken before the SDK's client sees it: the client checks each message several times, which
 * an upstream that sends many could use. What nothing here needs is dropped.
 */
import type { JSONRPCMessage } from '@modelcontextprotocol/client';

import type { CallProgress } from './call-progress.ts';
import type { FollowedChanges } from './followed-changes.ts';
import { isMembers, type Members } from './take-apart.ts';

export interface UnaskedOptions {
  readonly follows: FollowedChanges;
  readonly progress: CallProgress;
  readonly send: (message: JSONRPCMessage) => Promise<void>;
  /** Undefined until it is agreed on. */
  readonly era: () => '2025' | '2026' | undefined;
}

/** Answers on their way; an upstream that does not read them gets no more. */
const MAX_ANSWERS = 16;
const METHOD_NOT_FOUND = -32_601;
const LIST_CHANGED = /^notifications\/(?:tools|prompts|resources)\/list_changed$/;
/** Of a subscription of the 2026 revision, which the client keeps. */
const OF_SUBSCRIPTIONS: ReadonlySet<unknown> = new Set([
  'notifications/subscriptions/acknowledged',
  'notifications/cancelled',
]);

export class Unasked {
  readonly #options: UnaskedOptions;
  #answers = 0;

  constructor(options: UnaskedOptions) {
    this.#options = options;
  }

  /** @returns whether the SDK's client need not see the message */
  take(message: Members): boolean {
    const { method, id, params } = message;
    const { follows, progress, era } = this.#options;
    if (id !== undefined) {
      // In the 2026 revision only clients send requests.
      if (era() !== '2026') this.#answer(method, id);
      return true;
    }
    const members = isMembers(params) ? params : {};
    if (method === 'notifications/progress') progress.take(members);
    else if (typeof method === 'string' && LIST_CHANGED.test(method)) follows.onListChanged();
    else if (method === 'notifications/resources/updated') {
      if (typeof members['uri'] === 'string') follows.onResourceUpdated(members['uri']);
    } else return !OF_SUBSCRIPTIONS.has(method);
    return true;
  }

  /** This client has nothing that could be requested of it: no input of a user, no sampling, no roots. */
  #answer(method: unknown, id: unknown): void {
    if ((typeof id !== 'string' && typeof id !== 'number') || this.#answers >= MAX_ANSWERS) return;
    const answer =
      method === 'ping' ? { result: {} } : { error: { code: METHOD_NOT_FOUND, message: 'Method not found' } };
    this.#answers += 1;
    this.#options
      .send({ jsonrpc: '2.0', id, ...answer })
      .catch(() => undefined)
      .finally(() => {
        this.#answers -= 1;
      });
  }
}
