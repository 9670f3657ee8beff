import type { ServerEvent, ServerEventData, ServerEventType } from './server-events.ts';

/** Events in one order, with the latest kept for replay. Those of several servers are copied here, so that reading never waits. */
export interface EventFeed {
  /** Calls the listener once for every later event, in order. */
  subscribe(listener: (event: ServerEvent) => void): Disposable;
  /** Calls the listener where events may be missing between the last one and the next. Absent where none can be. */
  readonly onGap?: (listener: () => void) => Disposable;
  /** The id of the last event; `eventsAfter(latestId)` is empty. */
  readonly latestId: string;
  /** Up to `limit` events after `id`, oldest first; `undefined` when `id` is unknown or some of them are no longer kept. */
  eventsAfter(id: string, limit?: number): readonly ServerEvent[] | undefined;
}

/** Port: the events of this server. Listeners are called before `publish` returns. */
export interface EventBus extends EventFeed {
  /** Never throws and never waits. What a listener throws is ignored. */
  publish<T extends ServerEventType>(type: T, data: ServerEventData[T]): void;
}
