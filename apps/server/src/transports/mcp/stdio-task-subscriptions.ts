/** `taskIds` of `subscriptions/listen` over stdio: the SDK gets the request without them, and its acknowledgement gets them back. */
import type { Implementation } from '@modelcontextprotocol/server';

import type { Principal } from '../../access/principal.ts';
import type { JsonObject } from './protocol/json-object.ts';
import type { ProtocolDependencies } from './protocol/protocol-dependencies.ts';
import { SUBSCRIPTION_ID_META_KEY } from './protocol/protocol-names.ts';
import { readTaskFilter, withTaskIds, type FilterError } from './protocol/task-filter.ts';
import { taskNotification } from './protocol/task-notification.ts';
import { TaskWatch } from './protocol/task-watch.ts';
import { detailedTask } from './protocol/task.ts';

export interface StdioTaskSubscriptionsOptions extends Pick<ProtocolDependencies, 'jobs' | 'gateway' | 'onError'> {
  readonly principal: Principal;
  readonly write: (message: object) => void;
  /** Resolves when the reader has caught up. */
  readonly writable: () => Promise<void>;
}

type Subscription = string | number;

interface OpenSubscription {
  readonly ids: readonly string[];
  readonly client: Implementation | undefined;
  watch?: TaskWatch;
}

export class StdioTaskSubscriptions implements Disposable {
  readonly #options: StdioTaskSubscriptionsOptions;
  readonly #open = new Map<Subscription, OpenSubscription>();

  constructor(options: StdioTaskSubscriptionsOptions) {
    this.#options = options;
  }

  /** @returns the request for the SDK, or the error that answers it */
  async listen(message: JsonObject): Promise<JsonObject | FilterError> {
    const { jobs, principal } = this.#options;
    const filter = await readTaskFilter(message, jobs.calls, principal);
    if (filter.kind === 'rejected') return filter.error;
    this.end(message['id']);
    this.#open.set(message['id'] as Subscription, { ids: filter.ids, client: filter.client });
    return filter.message;
  }

  /** @returns the message as the client gets it; the tasks follow an acknowledgement */
  outgoing(message: JsonObject): JsonObject {
    if (message['method'] !== 'notifications/subscriptions/acknowledged') return message;
    const params = message['params'] as JsonObject;
    const id = (params['_meta'] as JsonObject)[SUBSCRIPTION_ID_META_KEY] as Subscription;
    const subscription = this.#open.get(id);
    if (!subscription) return message;
    this.#start(id, subscription);
    const notifications = withTaskIds(params['notifications'] as JsonObject, subscription.ids);
    return { ...message, params: { ...params, notifications } };
  }

  /** The client cancelled the request, or it was answered. */
  end(id: unknown): void {
    this.#open.get(id as Subscription)?.watch?.[Symbol.dispose]();
    this.#open.delete(id as Subscription);
  }

  [Symbol.dispose](): void {
    for (const id of this.#open.keys()) this.end(id);
  }

  #start(id: Subscription, subscription: OpenSubscription): void {
    const { jobs, principal, onError } = this.#options;
    const { ids } = subscription;
    let isWriting = false;
    let again = false;
    const write = async (): Promise<void> => {
      again = true;
      if (isWriting) return;
      isWriting = true;
      try {
        while (again) {
          again = false;
          await this.#writeChanged(id, subscription, watch);
        }
      } finally {
        isWriting = false;
      }
    };
    const watch = new TaskWatch({ calls: jobs.calls, principal, ids, onChanged: () => void write().catch(onError) });
    subscription.watch = watch;
    // After the acknowledgement.
    setImmediate(() => void watch.start().catch(onError));
  }

  async #writeChanged(id: Subscription, { client }: OpenSubscription, watch: TaskWatch): Promise<void> {
    const { gateway, write, writable } = this.#options;
    for (let job = await watch.take(); job; job = await watch.take()) {
      write(taskNotification(detailedTask(job, gateway, client), id));
      await writable();
    }
  }
}
