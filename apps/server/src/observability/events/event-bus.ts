import type { ServerEvent, ServerEventData, ServerEventType } from './server-events.ts';

/**
 * Port: events in one order, with the latest kept for replay. An implementation that shares events between replicas keeps a
 * local copy, so that reading stays synchronous.
 */
export interface EventBus {
  /** Never throws and never waits. What a listener throws is ignored. */
  publish<T extends ServerEventType>(type: T, data: ServerEventData[T]): void;
  /** Calls the listener once for every later event, in order, before `publish` returns. */
  subscribe(listener: (event: ServerEvent) => void): Disposable;
  /** The id of the last event; `eventsAfter(latestId)` is empty. */
  readonly latestId: string;
  /** Up to `limit` events after `id`, oldest first; `undefined` when `id` is unknown or some of them are no longer kept. */
  eventsAfter(id: string, limit?: number): readonly ServerEvent[] | undefined;
}
