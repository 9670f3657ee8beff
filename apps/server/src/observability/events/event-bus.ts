import type { ServerEvent, ServerEventData, ServerEventType } from './server-events.ts';

/**
 * The port: events in one order, the latest of them kept. Where replicas share a stream, an implementation mirrors it into a
 * ring of its own, so that reading stays synchronous.
 */
export interface EventBus {
  /** Never throws and never waits; a listener that throws is not heard of. */
  publish<T extends ServerEventType>(type: T, data: ServerEventData[T]): void;
  /** The listener is called once for each event from now on, in order, before `publish` returns. */
  subscribe(listener: (event: ServerEvent) => void): Disposable;
  /** The id that an event published just before now had; `eventsAfter` of it is empty. */
  readonly latestId: string;
  /** Up to `limit` events that came after `id`, oldest first; undefined when `id` is unknown or some of them are gone. */
  eventsAfter(id: string, limit?: number): readonly ServerEvent[] | undefined;
}
