import type { UpstreamChange } from '@mcp/upstreams';

import type { EventBus } from '../observability/events/event-bus.ts';
import type { Logger } from '../observability/log/logger.ts';

export interface UpstreamLogOptions {
  readonly logger: Logger;
  readonly events: EventBus;
}

/** Writes what happens in an upstream to the log and to `/events`. */
export function logUpstream({ logger, events }: UpstreamLogOptions, upstream: string, change: UpstreamChange): void {
  switch (change.type) {
    case 'state': {
      const { from, to, problem } = change;
      const fields = { upstream, from, to, ...(problem !== undefined && { problem }) };
      if (to === 'failed') logger.warn(fields, 'upstream.state');
      else logger.info(fields, 'upstream.state');
      events.publish('upstream.changed', { upstream, from, to, problem: problem ?? null });
      return;
    }
    case 'tools': {
      const { offered, withheld, pending } = change;
      const counts = { offered, withheld: withheld.length, pending: pending.length };
      logger.info({ upstream, ...counts }, 'upstream.tools');
      for (const { name, reason } of withheld) logger.warn({ upstream, tool: name, reason }, 'upstream.tool_withheld');
      for (const { name, change: what } of pending) {
        logger.warn({ upstream, tool: name, change: what }, 'upstream.tool_pending');
        events.publish('upstream.pending', { upstream, tool: name, change: what });
      }
      return;
    }
    case 'error_line':
      logger.debug({ upstream, line: change.line }, 'upstream.stderr');
      return;
    case 'trust_failed':
      logger.error({ upstream, problem: change.problem }, 'upstream.trust_failed');
      return;
    case 'list_failed':
      logger.warn({ upstream, problem: change.problem }, 'upstream.list_failed');
  }
}
