import { hasScope, mayKnowOfCall, maySee, type Principal } from '../../access/principal.ts';
import type { ServerEvent } from './server-events.ts';

/**
 * Whether a reader of the event stream receives an event. Events about a tool are for those who may see it, and for the caller
 * of a call. Events about the configuration name every tool and quote values, so they are for administrators.
 */
export function isVisibleTo(principal: Principal, { type, data }: ServerEvent): boolean {
  switch (type) {
    case 'call.started':
    case 'call.finished':
    case 'job.changed':
      return mayKnowOfCall(principal, data);
    case 'approval.requested':
    case 'approval.decided':
      return data.caller === principal.name || hasScope(principal, 'approvals');
    case 'tool.changed':
    case 'upstream.pending':
    case 'breaker.changed':
      return maySee(principal, data.tool);
    case 'config.reloaded':
    case 'config.rejected':
      return hasScope(principal, 'admin');
    case 'health.changed':
    case 'upstream.changed':
    case 'api.changed':
      return true;
  }
}
