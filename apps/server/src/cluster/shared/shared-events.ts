import { Disposables } from '../../foundation/disposables.ts';
import type { EventFeed } from '../../observability/events/event-bus.ts';
import type { ServerEvent } from '../../observability/events/server-events.ts';
import type { ClusterEngine } from '../engine.ts';

export interface SharedEventsOptions {
  readonly engine: Pick<ClusterEngine, 'state' | 'watched' | 'watch' | 'replica' | 'append' | 'appendGap'>;
  /** Events of this server. */
  readonly own: EventFeed;
  /** Events kept for replay. @default 1000 */
  readonly capacity?: number;
}

/** Events of this server that the engine has not taken yet; beyond it they are lost for other servers, and they are notified. */
const MAX_IN_FLIGHT = 1000;
/** Of an event of another server; none is near it. */
const MAX_LENGTH = 65_536;
const TYPE = /^[\w.-]{1,64}$/u;

/**
 * The events of all servers in the order of the engine, with ids that every server knows. While the engine is down readers get the
 * events of this server only; readers of the others get `stream.gap` when it is back. Events of calls are shared while somebody
 * reads `/events` on one of the servers.
 */
export class SharedEvents implements EventFeed, Disposable {
  readonly #engine: SharedEventsOptions['engine'];
  readonly #capacity: number;
  readonly #listeners = new Set<(event: ServerEvent) => void>();
  readonly #gapListeners = new Set<() => void>();
  readonly #subscriptions = new Disposables();
  #ring: ServerEvent[] = [];
  /** The id that readers have who were there before the first event of the ring. */
  #idBefore: string;
  #latestId: string;
  #inFlight = 0;
  /** Other servers have missed events of this one. */
  #missed = false;

  constructor({ engine, own, capacity = 1000 }: SharedEventsOptions) {
    this.#engine = engine;
    this.#capacity = capacity;
    this.#latestId = own.latestId;
    this.#idBefore = this.#latestId;
    this.#subscriptions.use(own.subscribe((event) => this.#share(event)));
  }

  get latestId(): string {
    return this.#latestId;
  }

  subscribe(listener: (event: ServerEvent) => void): Disposable {
    return added(this.#listeners, (event: ServerEvent) => listener(event));
  }

  get onGap(): (listener: () => void) => Disposable {
    return (listener) => added(this.#gapListeners, () => listener());
  }

  eventsAfter(id: string, limit: number = this.#capacity): readonly ServerEvent[] | undefined {
    if (id === this.#latestId) return [];
    const index = this.#ring.findLastIndex((event) => event.id === id);
    if (index === -1 && id !== this.#idBefore) return undefined;
    return this.#ring.slice(index + 1, index + 1 + limit);
  }

  /** From the engine, in its order. */
  receive(id: string, text: string): void {
    const event = parsed(id, text);
    if (event) this.#add(event);
  }

  /** Before a stream is opened here. When nobody has read for a while, events of calls are missing. */
  watch(): void {
    if (!this.#engine.watched) this.forget();
    this.#engine.watch();
  }

  /** What is kept can no longer be followed by what comes. */
  forget(): void {
    this.#ring = [];
    // An id that nobody was given, so that readers who return are notified.
    this.#latestId = `${this.#latestId}.`;
    this.#idBefore = this.#latestId;
    for (const listener of this.#gapListeners) listener();
  }

  /** The engine is back. */
  async catchUp(): Promise<void> {
    if (!this.#missed) return;
    this.#missed = false;
    await this.#engine.appendGap().catch(() => (this.#missed = true));
  }

  [Symbol.dispose](): void {
    this.#subscriptions[Symbol.dispose]();
  }

  #share(event: ServerEvent): void {
    if (this.#engine.state === 'down') return this.#keepHere(event);
    if (event.type.startsWith('call.') && !this.#engine.watched) return;
    if (this.#inFlight >= MAX_IN_FLIGHT) return this.#keepHere(event);
    this.#inFlight += 1;
    const { at, type, data } = event;
    this.#engine
      .append(JSON.stringify({ at, type, data, replica: this.#engine.replica }))
      .catch(() => this.#keepHere(event))
      .finally(() => (this.#inFlight -= 1));
  }

  #keepHere(event: ServerEvent): void {
    this.#missed = true;
    this.#add(event);
  }

  #add(event: ServerEvent): void {
    this.#ring.push(event);
    if (this.#ring.length > 2 * this.#capacity) {
      this.#idBefore = this.#ring.at(-this.#capacity - 1)?.id ?? this.#idBefore;
      this.#ring = this.#ring.slice(-this.#capacity);
    }
    this.#latestId = event.id;
    for (const listener of this.#listeners) listener(event);
  }
}

function added<T>(listeners: Set<T>, listener: T): Disposable {
  listeners.add(listener);
  return { [Symbol.dispose]: () => void listeners.delete(listener) };
}

/** An event as a server has appended it, of a newer version too; undefined for anything else that stands in the engine. */
function parsed(id: string, text: string): ServerEvent | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const shared = parse(text);
  if (!isRecord(shared)) return undefined;
  const { at, type, data, replica } = shared;
  if (typeof at !== 'number' || typeof replica !== 'string' || !isRecord(data)) return undefined;
  if (typeof type !== 'string' || !TYPE.test(type)) return undefined;
  const event: unknown = { id, at, type, data: { ...data, replica } };
  return event as ServerEvent;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
