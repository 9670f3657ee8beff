import type { PendingKind, UpstreamChange } from '@mcp/upstreams';

import type { EventBus } from '../observability/events/event-bus.ts';
import type { Logger } from '../observability/log/logger.ts';
import { LastLines } from './last-lines.ts';

export interface UpstreamLogOptions {
  readonly logger: Logger;
  readonly events: EventBus;
}

/** Of one change; an upstream may bring thousands of bad tools with each. */
const MAX_LINES = 100;

/** Writes what happens in upstreams to the log and to `/events`. What is withheld or pending is named once, as long as it is. */
export class UpstreamLog {
  readonly #options: UpstreamLogOptions;
  readonly #named = new Map<string, Map<string, ReadonlySet<string>>>();

  readonly #stderr = new Map<string, LastLines>();

  constructor(options: UpstreamLogOptions) {
    this.#options = options;
  }

  #linesOf(upstream: string): LastLines {
    const lines = this.#stderr.get(upstream) ?? new LastLines();
    this.#stderr.set(upstream, lines);
    return lines;
  }

  record(upstream: string, change: UpstreamChange): void {
    const { logger, events } = this.#options;
    switch (change.type) {
      case 'state': {
        const { from, to, problem } = change;
        const fields = { upstream, from, to, ...(problem !== undefined && { problem }) };
        const stderr = this.#linesOf(upstream).take();
        if (to === 'failed') logger.warn({ ...fields, ...(stderr.length > 0 && { stderr }) }, 'upstream.state');
        else logger.info(fields, 'upstream.state');
        events.publish('upstream.changed', { upstream, from, to, problem: problem ?? null });
        if (to === 'stopped') {
          this.#named.delete(upstream);
          this.#stderr.delete(upstream);
        }
        return;
      }
      case 'tools':
        this.#tools(upstream, change);
        return;
      case 'prompts':
        logger.info({ upstream, list: change.type, pending: change.pending.length }, 'upstream.contents');
        this.#pending(upstream, 'prompt', change.pending);
        return;
      case 'resources':
        logger.info({ upstream, list: change.type }, 'upstream.contents');
        return;
      case 'resource_updated':
        return;
      case 'error_line':
        this.#linesOf(upstream).add(change.line);
        logger.debug({ upstream, line: change.line }, 'upstream.stderr');
        return;
      case 'trust_failed':
        logger.error({ upstream, problem: change.problem }, 'upstream.trust_failed');
        return;
      case 'list_failed':
        logger.warn({ upstream, problem: change.problem }, 'upstream.list_failed');
    }
  }

  #tools(upstream: string, { offered, withheld, pending }: Extract<UpstreamChange, { readonly type: 'tools' }>): void {
    const { logger } = this.#options;
    logger.info({ upstream, offered, withheld: withheld.length, pending: pending.length }, 'upstream.tools');
    for (const { name, reason } of this.#unnamed(upstream, 'withheld', withheld)) {
      logger.warn({ upstream, tool: name, reason }, 'upstream.tool_withheld');
    }
    this.#pending(upstream, 'tool', pending);
  }

  #pending(
    upstream: string,
    kind: PendingKind,
    pending: Extract<UpstreamChange, { type: 'prompts' }>['pending'],
  ): void {
    const { logger, events } = this.#options;
    for (const { name, change } of this.#unnamed(upstream, kind, pending)) {
      if (kind === 'tool') logger.warn({ upstream, tool: name, change }, 'upstream.tool_pending');
      else logger.warn({ upstream, prompt: name, change }, 'upstream.prompt_pending');
      events.publish('upstream.pending', { upstream, kind, tool: name, change });
    }
  }

  /** Those that were not among the last ones; as many as get a line each. */
  #unnamed<Item extends object>(upstream: string, what: string, items: readonly Item[]): readonly Item[] {
    const named = this.#named.get(upstream) ?? new Map<string, ReadonlySet<string>>();
    const known = named.get(what);
    this.#named.set(upstream, named.set(what, new Set(items.map((item) => JSON.stringify(item)))));
    return items.filter((item) => known?.has(JSON.stringify(item)) !== true).slice(0, MAX_LINES);
  }
}
