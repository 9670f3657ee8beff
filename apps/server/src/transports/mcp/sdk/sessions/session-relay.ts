/**
 * What a client sends to one server and means for another: answers to requests of that server, cancellations of what runs there. A
 * load balancer may choose another server for each of its connections.
 */
import type { RequestId } from '@modelcontextprotocol/server';

import { sessionKey, type SharedSessions } from '../../../../cluster/shared/shared-sessions.ts';
import { notReached, nothingAsked } from './session-responses.ts';
import type { SessionTable } from './session-table.ts';
import { addressIn, clientAnswer, type ClientAnswer } from './session-transport.ts';
import { cancelledBy, type Session } from './session.ts';

const CANCELLED = 'cancelled';
/** A request id that is longer is cancelled only where the cancellation arrives. */
const MAX_ID_LENGTH = 256;

export class SessionRelay implements Disposable {
  readonly #shared: SharedSessions;
  readonly #following: Disposable;

  /** @param onEnded a session was ended on another server */
  constructor(shared: SharedSessions, table: SessionTable, onEnded: (key: string) => void) {
    this.#shared = shared;
    this.#following = shared.follow({
      onSessionEnded: onEnded,
      onSessionField: (key, field, value) => {
        if (field === CANCELLED) table.withKey(key)?.cancel(JSON.parse(value) as RequestId);
        else table.withKey(key)?.settings.apply(field, value);
      },
      onSessionMessage: (key, message) => table.withKey(key)?.receive(JSON.parse(message) as ClientAnswer),
    });
  }

  /** @returns the response, when it was not for this server alone */
  async forward(session: Session, body: unknown): Promise<Response | undefined> {
    const key = sessionKey(session.id);
    const cancelled = cancelledBy(body);
    if (cancelled !== undefined && !session.isAnswering(cancelled) && `${cancelled}`.length <= MAX_ID_LENGTH) {
      await this.#shared.notify(key, CANCELLED, JSON.stringify(cancelled));
      return new Response(null, { status: 202 });
    }
    const answer = clientAnswer(body);
    if (!answer || session.hasAsked(answer)) return undefined;
    const address = addressIn(answer);
    // Of this process: the session was closed and opened again since, and what asked has ended.
    if (address === undefined || address === this.#shared.address) return nothingAsked();
    try {
      await this.#shared.send(address, key, JSON.stringify(answer));
      return new Response(null, { status: 202 });
    } catch {
      return notReached();
    }
  }

  [Symbol.dispose](): void {
    this.#following[Symbol.dispose]();
  }
}
