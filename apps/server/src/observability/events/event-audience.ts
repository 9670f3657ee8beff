import { mayKnowOfCall, maySee, type Principal } from '../../access/principal.ts';
import type { ServerEvent } from './server-events.ts';

/** What is told of a tool goes to those who may see the tool, and to who called it; everything else to every reader. */
export function mayFollow(principal: Principal, { type, data }: ServerEvent): boolean {
  switch (type) {
    case 'call.started':
    case 'call.finished':
      return mayKnowOfCall(principal, data);
    case 'tool.changed':
    case 'breaker.changed':
      return maySee(principal, data.tool);
    case 'health.changed':
    case 'config.reloaded':
    case 'config.rejected':
      return true;
  }
}
