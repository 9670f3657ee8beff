import type { Principal } from '../../../../access/principal.ts';
import { ACCEPTS_BOTH } from '../../protocol/accept.ts';
import type { SessionOrigin } from './session-id.ts';
import type { Session } from './session.ts';

/** Brings a new protocol instance into the state after the requests with which a client opens its session. */
export async function replayInitialize(session: Session, origin: SessionOrigin, principal: Principal): Promise<void> {
  const { opener: _, ...params } = origin;
  const initialize = { jsonrpc: '2.0', id: 'restore', method: 'initialize', params };
  const response = await session.handle(replayed(), initialize, { principal });
  await response.text();
  await session.handle(replayed(), { jsonrpc: '2.0', method: 'notifications/initialized' }, { principal });
}

function replayed(): Request {
  const headers = { accept: ACCEPTS_BOTH, 'content-type': 'application/json' };
  return new Request('http://localhost/mcp', { method: 'POST', headers });
}
