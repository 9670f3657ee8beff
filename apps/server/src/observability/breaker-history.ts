import type { EventBus } from './events/event-bus.ts';

export interface BreakerTransition {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly breaker: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** Transitions kept of one tool. */
const MAX_TRANSITIONS = 20;

/** The last transitions of the breakers of each tool, from the events. A removed tool has none. */
export class BreakerHistory implements Disposable {
  readonly #byTool = new Map<string, BreakerTransition[]>();
  readonly #subscription: Disposable;

  constructor(events: Pick<EventBus, 'subscribe'>) {
    this.#subscription = events.subscribe(({ type, at, data }) => {
      if (type === 'tool.changed' && data.change === 'removed') this.#byTool.delete(data.tool);
      if (type !== 'breaker.changed') return;
      const { tool, breaker, from, to, reason } = data;
      const earlier = this.#byTool.get(tool) ?? [];
      this.#byTool.set(tool, [{ at, breaker, from, to, reason }, ...earlier].slice(0, MAX_TRANSITIONS));
    });
  }

  /** Newest first. */
  of(tool: string): readonly BreakerTransition[] {
    return this.#byTool.get(tool) ?? [];
  }

  [Symbol.dispose](): void {
    this.#subscription[Symbol.dispose]();
  }
}
