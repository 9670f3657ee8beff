/**
 * Sessions of 2025-era HTTP clients, so that they receive list changes, log messages and progress between requests.
 *
 * The id is a sealed capsule (`session-id.ts`). A session that this process does not have in memory is opened again from its
 * id, by replaying `initialize` into a new protocol instance: so it survives a restart, its eviction, and a change of
 * replica. A session belongs to the caller that opened it; for anyone else it does not exist.
 */
import type { InitializeRequest, RequestId } from '@modelcontextprotocol/server';

import type { ActiveCredentials } from '../../../../access/active-credentials.ts';
import type { Principal } from '../../../../access/principal.ts';
import type { SealingSecrets } from '../../../../access/sealing-secrets.ts';
import { systemClock, type Clock } from '../../../../foundation/clock.ts';
import { sessionKey, type SharedSessions } from '../../../../cluster/shared/shared-sessions.ts';
import { Disposables } from '../../../../foundation/disposables.ts';
import type { RequestExtra } from '../../handoff/request-extra.ts';
import type { StreamQuota } from '../../protocol/stream-quota.ts';
import { notifiedConnection, type ChangeNotifier } from '../connection/change-notifier.ts';
import { EndedSessions } from './ended-sessions.ts';
import { createProtocolServer } from '../protocol-server/protocol-server.ts';
import type { ProtocolServerDependencies } from '../connection/protocol-server-dependencies.ts';
import { replayInitialize } from './replay-initialize.ts';
import { SessionRelay } from './session-relay.ts';
import { SessionTransport } from './session-transport.ts';
import { SessionIds, type IssuedOrigin } from './session-id.ts';
import { SessionTable } from './session-table.ts';
import { noPlace, noSession, notKnown } from './session-responses.ts';
import { Session } from './session.ts';

export interface SessionLimits {
  /** Sessions in memory. @default 1000 */
  readonly max: number;
  /** A session without a request or an open stream for so long is removed from memory. @default 1800000 */
  readonly idleMs: number;
}

const DEFAULT_LIMITS: SessionLimits = { max: 1000, idleMs: 30 * 60_000 };
const MAX_SWEEP_INTERVAL_MS = 60_000;

export interface SessionsOptions extends ProtocolServerDependencies {
  readonly notifier: ChangeNotifier;
  /** Sessions end as soon as the credential of their opener is revoked or changed. */
  readonly callers: ActiveCredentials;
  readonly quota: StreamQuota;
  /** They seal the session ids. */
  readonly secrets: SealingSecrets;
  /** With other servers. */
  readonly shared?: SharedSessions;
  readonly limits?: SessionLimits;
  /** @default systemClock */
  readonly clock?: Clock;
}

/** What a request that is answered without the SDK needs of its session. */
export type UsedSession = Pick<Session, 'capabilities' | 'client' | 'hold'>;

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #idleMs: number;
  readonly #clock: Clock;
  readonly #ids: SessionIds;
  readonly #ended: EndedSessions;
  readonly #table: SessionTable;
  readonly #relay: SessionRelay | undefined;
  readonly #restoring = new Map<string, Promise<Session | Response>>();
  readonly #following = new Disposables();
  #sweepTimer: Disposable;

  constructor(options: SessionsOptions) {
    const { limits = DEFAULT_LIMITS, clock = systemClock, secrets, callers } = options;
    this.#options = options;
    this.#idleMs = limits.idleMs;
    this.#clock = clock;
    this.#ids = new SessionIds(secrets, clock);
    this.#ended = new EndedSessions(clock);
    this.#table = new SessionTable(limits.max, (session) => this.#close(session));
    this.#sweepTimer = this.#scheduleSweep();
    this.#following.use(callers.onChanged(() => this.#endRevoked()));
    const { shared } = options;
    this.#relay = shared && this.#following.use(new SessionRelay(shared, this.#table, (key) => this.#endHere(key)));
  }

  /** Sessions in memory. */
  get size(): number {
    return this.#table.size;
  }

  /** Whether this caller has the session in memory. */
  has(id: string, principal: Principal): boolean {
    return this.#table.get(id)?.caller.name === principal.name;
  }

  /**
   * For a request that is answered without the SDK; counts as one.
   *
   * @returns undefined when the SDK has to answer: the session is not open in memory, or a request with this id is being answered
   */
  use(id: string, principal: Principal, requestId: RequestId): UsedSession | undefined {
    const session = this.#opened(id);
    if (session?.caller.name !== principal.name || session.isAnswering(requestId)) return undefined;
    session.touch(principal);
    return session;
  }

  /** Opens a session for an `initialize` request; 503 when every place is in use. */
  async open(request: Request, body: InitializeRequest, principal: Principal): Promise<Response> {
    const id = this.#ids.seal({ ...body.params, opener: principal.name });
    const session = await this.#connect(id, principal);
    if (!session) return noPlace();
    const response = await session.handle(request, body, { principal });
    if (!response.ok) this.#close(session);
    // The credential may have been revoked since the request was authenticated.
    this.#endRevoked();
    return response;
  }

  /** Any other request of a session. */
  async handle(
    id: string,
    request: Request,
    body: unknown,
    principal: Principal,
    extra: RequestExtra,
  ): Promise<Response> {
    const session = await this.#find(id, principal);
    if (session instanceof Response) return session;
    const forwarded = await this.#relay?.forward(session, body);
    if (forwarded) return forwarded;
    const response = await session.handle(request, body, { ...extra, principal });
    if (request.method === 'DELETE' && response.ok) await this.#end(id);
    return response;
  }

  /** Removes from memory what has been idle for too long. Its next request brings it back. */
  sweep(): void {
    const oldestMs = this.#clock.monotonicMs() - this.#idleMs;
    for (const session of this.#table) {
      if (session.isIdle && session.lastUsedMs <= oldestMs) this.#close(session);
    }
  }

  async close(): Promise<void> {
    this.#sweepTimer[Symbol.dispose]();
    this.#following[Symbol.dispose]();
    await Promise.all([...this.#table].map((session) => session.close()));
  }

  async #find(id: string, principal: Principal): Promise<Session | Response> {
    const known = this.#opened(id);
    if (known) return known.caller.name === principal.name ? known : noSession();
    const origin = this.#ended.has(sessionKey(id)) ? undefined : this.#ids.open(id);
    if (origin?.opener !== principal.name) return noSession();
    const restoring =
      this.#restoring.get(id) ?? this.#restore(id, origin, principal).finally(() => this.#restoring.delete(id));
    this.#restoring.set(id, restoring);
    return restoring;
  }

  /** A session that is being opened again is in the table, since it follows changes, but does not yet have what its client has set. */
  #opened(id: string): Session | undefined {
    return this.#restoring.has(id) ? undefined : this.#table.get(id);
  }

  async #restore(id: string, origin: IssuedOrigin, principal: Principal): Promise<Session | Response> {
    const { shared } = this.#options;
    const elsewhere = await shared?.isEnded(sessionKey(id), origin.issuedMs).catch(() => 'unknown' as const);
    if (elsewhere === 'unknown') return notKnown();
    if (elsewhere) return noSession();
    const session = await this.#connect(id, principal);
    if (!session) return noPlace();
    // Asked for once the session follows changes, so that none is missed; it comes while `initialize` is replayed.
    const asked = shared?.fields(sessionKey(id), origin.issuedMs).catch(() => 'unknown' as const);
    await replayInitialize(session, origin, principal);
    const fields = await asked;
    if (fields === 'unknown') {
      this.#close(session);
      return notKnown();
    }
    for (const [field, value] of fields ?? []) session.settings.apply(field, value);
    return session;
  }

  /** @returns a session that has not been initialized; undefined when every place is in use */
  async #connect(id: string, opener: Principal): Promise<Session | undefined> {
    const place = this.#table.reserve(opener.name);
    if (!place) return undefined;
    const { notifier, quota, onError, shared } = this.#options;
    const connection = createProtocolServer(this.#options, {
      principal: opener,
      era: 'legacy',
      ...(shared && { onSetting: (field, value) => shared.set(sessionKey(id), field, value) }),
    });
    const { server, settings } = connection;
    const transport = new SessionTransport(id, shared?.address);
    const session = new Session({ id, opener, server, settings, transport, quota, clock: this.#clock });
    const forget = notifier.add(notifiedConnection(connection));
    server.onclose = () => {
      forget();
      settings[Symbol.dispose]();
      session.ended();
      if (this.#table.get(id) === session) this.#table.delete(id);
    };
    server.onerror = onError;
    try {
      await server.connect(transport);
      this.#table.add(session);
    } finally {
      place[Symbol.dispose]();
    }
    return session;
  }

  /** With its streams, and with what still runs in it. */
  #endRevoked(): void {
    for (const session of this.#table) {
      if (!this.#isRevoked(session.caller)) continue;
      void this.#end(session.id);
      this.#close(session);
    }
  }

  async #end(id: string): Promise<void> {
    this.#ended.add(sessionKey(id));
    await this.#options.shared?.end(sessionKey(id));
  }

  #endHere(key: string): void {
    this.#ended.add(key);
    const session = this.#table.withKey(key);
    if (session) this.#close(session);
  }

  /** A token that has expired is not revoked: its caller comes back with another. */
  #isRevoked(caller: Principal): boolean {
    const { callers } = this.#options;
    return !callers.has(caller) && !((callers.expiresAtMs(caller) ?? Infinity) <= this.#clock.epochMs());
  }

  #close(session: Session): void {
    this.#table.delete(session.id);
    session.close().catch(this.#options.onError);
  }

  #scheduleSweep(): Disposable {
    return this.#clock.setTimer(Math.min(this.#idleMs, MAX_SWEEP_INTERVAL_MS), () => {
      this.#sweepTimer = this.#scheduleSweep();
      this.sweep();
    });
  }
}
