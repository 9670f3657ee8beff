/**
 * Sessions of 2025-era HTTP clients, so that they receive list changes, log messages and progress between requests. A
 * session id is random and says nothing about who is calling: it is bound to the caller that opened it, and anyone
 * else is told that it does not exist.
 */
import { randomUUID } from 'node:crypto';

import {
  isJSONRPCNotification,
  WebStandardStreamableHTTPServerTransport,
  type AuthInfo,
  type ClientCapabilities,
  type RequestId,
  type Server,
} from '@modelcontextprotocol/server';

import type { ActiveCredentials } from '../../../access/active-credentials.ts';
import type { Principal } from '../../../access/principal.ts';
import type { ChangeNotifier } from './change-notifier.ts';
import { createProtocolServer } from './protocol-server.ts';
import type { ProtocolServerDependencies } from './protocol-server-dependencies.ts';

export interface SessionLimits {
  /**
   * Open sessions at most. Room for a newcomer is made by the session idle longest, one of the same caller first, and if
   * none is idle the newcomer is refused. @default 1000
   */
  readonly max: number;
  /** A session without a request or an open stream for so long is closed. @default 30 minutes */
  readonly idleMs: number;
}

const defaultSessionLimits: SessionLimits = { max: 1000, idleMs: 30 * 60_000 };

interface Session {
  readonly server: Server;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  /** Who opened it; every request is judged by the caller that sent it. */
  readonly opener: Principal;
  /** Requests being answered and streams held open. */
  active: number;
  lastSeen: number;
}

export interface SessionsOptions extends ProtocolServerDependencies {
  readonly notifier: ChangeNotifier;
  /** Whose sessions end as soon as their credential changes or goes. */
  readonly callers: ActiveCredentials;
  readonly limits?: SessionLimits;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

export class Sessions {
  readonly #options: SessionsOptions;
  readonly #limits: SessionLimits;
  readonly #now: () => number;
  /**
   * In order of opening. Not of last use: a map that every request leaves and enters again makes itself a new table all the
   * time, and old tables keep what was young with them alive.
   */
  readonly #sessions = new Map<string, Session>();
  #opening = 0;
  readonly #sweeper: NodeJS.Timeout;
  readonly #following: Disposable;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#limits = options.limits ?? defaultSessionLimits;
    this.#now = options.now ?? (() => performance.now());
    this.#sweeper = setInterval(() => this.sweep(), Math.min(this.#limits.idleMs, 60_000)).unref();
    this.#following = options.callers.onChanged(() => this.#closeWithdrawn());
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Opens a session for an `initialize` request, or says that there is no room. */
  async open(request: Request, body: unknown, principal: Principal, authInfo: AuthInfo): Promise<Response> {
    if (!this.#makeRoom(principal.name)) {
      return protocolError(503, -32_000, 'Too many sessions are open. Close one with DELETE, or try again later.');
    }
    this.#opening += 1;
    try {
      return await this.#initialize(request, body, principal, authInfo);
    } finally {
      this.#opening -= 1;
    }
  }

  /** Counts as a request; undefined when this caller has no such session. */
  use(id: string, principal: Principal): { readonly capabilities: ClientCapabilities | undefined } | undefined {
    const session = this.#sessions.get(id);
    if (session?.opener.name !== principal.name) return undefined;
    session.lastSeen = this.#now();
    return { capabilities: session.server.getClientCapabilities() };
  }

  /** Any later request of a session. */
  async handle(
    id: string,
    request: Request,
    body: unknown,
    principal: Principal,
    authInfo: AuthInfo,
  ): Promise<Response> {
    const session = this.#sessions.get(id);
    if (!session || session.opener.name !== principal.name) {
      return protocolError(404, -32_001, 'There is no such session. Send initialize to open a new one.');
    }
    session.lastSeen = this.#now();
    session.active += 1;
    let response;
    try {
      response = await session.transport.handleRequest(request, {
        ...(body !== undefined && { parsedBody: body }),
        authInfo,
      });
    } finally {
      session.active -= 1;
    }
    const cancelled = cancelledBy(body);
    // A cancelled request gets no answer, and with that the SDK would keep the stream for it open for good.
    if (cancelled !== undefined) session.transport.closeSSEStream(cancelled);
    return this.#track(session, response, () => cancelRequest(session.transport, body));
  }

  /** Closes what has been idle for too long. */
  sweep(): void {
    const oldest = this.#now() - this.#limits.idleMs;
    for (const session of this.#sessions.values()) {
      if (session.active === 0 && session.lastSeen <= oldest) this.#close(session);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    this.#following[Symbol.dispose]();
    await Promise.all([...this.#sessions.values()].map(({ transport }) => transport.close()));
    this.#sessions.clear();
  }

  async #initialize(request: Request, body: unknown, principal: Principal, authInfo: AuthInfo): Promise<Response> {
    const connection = createProtocolServer(this.#options, { principal });
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => {
        const { server } = connection;
        this.#sessions.set(id, { server, transport, opener: principal, active: 0, lastSeen: this.#now() });
      },
    });
    const forget = this.#options.notifier.add(connection);
    connection.server.onclose = () => {
      forget();
      if (transport.sessionId !== undefined) this.#sessions.delete(transport.sessionId);
    };
    connection.server.onerror = this.#options.onError;
    await connection.server.connect(transport);
    const response = await transport.handleRequest(request, { parsedBody: body, authInfo });
    const session = transport.sessionId === undefined ? undefined : this.#sessions.get(transport.sessionId);
    if (!session) await connection.server.close();
    // The credential may have gone since the request was let in.
    this.#closeWithdrawn();
    return session ? this.#track(session, response) : response;
  }

  /** With its stream, and with what still runs in it. */
  #closeWithdrawn(): void {
    for (const session of this.#sessions.values()) {
      if (!this.#options.callers.has(session.opener)) this.#close(session);
    }
  }

  #makeRoom(owner: string): boolean {
    if (this.#sessions.size + this.#opening < this.#limits.max) return true;
    const idle = [...this.#sessions.values()].filter((session) => session.active === 0);
    const leaving = longestIdle(idle.filter((session) => session.opener.name === owner)) ?? longestIdle(idle);
    if (leaving) this.#close(leaving);
    return leaving !== undefined;
  }

  #close(session: Session): void {
    if (session.transport.sessionId !== undefined) this.#sessions.delete(session.transport.sessionId);
    session.transport.close().catch(this.#options.onError);
  }

  /**
   * Counts a streamed answer as activity until it ends, whichever side ends it.
   *
   * @param gone called when the client ended it
   */
  #track(session: Session, response: Response, gone?: () => void): Response {
    if (!response.body || !response.headers.get('content-type')?.startsWith('text/event-stream')) return response;
    session.active += 1;
    const ended = (): void => {
      session.active -= 1;
      session.lastSeen = this.#now();
    };
    const reader = response.body.getReader();
    let open = true;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(value);
        if (open) ended();
        open = false;
        controller.close();
      },
      async cancel(reason) {
        if (open) ended();
        open = false;
        gone?.();
        await reader.cancel(reason);
      },
    });
    return new Response(body, response);
  }
}

/**
 * Ends a request whose answer has nowhere to go: this server resumes no stream, so what the client stopped waiting for
 * is not left running.
 */
function cancelRequest(transport: WebStandardStreamableHTTPServerTransport, body: unknown): void {
  if (typeof body !== 'object' || body === null || !('method' in body) || !('id' in body)) return;
  const requestId = body.id as string | number;
  const params = { requestId, reason: 'The client closed the stream of the answer.' };
  transport.onmessage?.({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
}

/** The request that a cancellation means; undefined for any other message, and for one that the SDK does not follow. */
function cancelledBy(body: unknown): RequestId | undefined {
  if (!isJSONRPCNotification(body) || body.method !== 'notifications/cancelled') return undefined;
  const { requestId, reason = '' } = body.params ?? {};
  if (typeof reason !== 'string') return undefined;
  return typeof requestId === 'string' || typeof requestId === 'number' ? requestId : undefined;
}

function longestIdle(sessions: readonly Session[]): Session | undefined {
  let longest: Session | undefined;
  for (const session of sessions) if (!longest || session.lastSeen < longest.lastSeen) longest = session;
  return longest;
}

function protocolError(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });
}
