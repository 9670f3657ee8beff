/**
 * Streamable HTTP below the SDK's client, for both protocol eras: one POST for each message. It bounds each message, follows no
 * redirect, sends credentials to the one origin of its URL, and takes results apart before the client sees them.
 */
import {
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  type JSONRPCMessage,
  type Transport,
  type TransportSendOptions,
} from '@modelcontextprotocol/client';
import { Agent, request, type Dispatcher } from 'undici';

import { ConnectionError } from '../connection/connection-error.ts';
import { errorAnswer } from '../connection/reserved-error.ts';
import { isMembers, takeApart, type Members } from '../connection/take-apart.ts';
import { checkedLookup, checkLiteral, type EgressOptions } from './egress.ts';
import { readBody, readEvents } from './event-reader.ts';
import { connectFailure } from './connect-failure.ts';
import { envelopeHeaders } from './request-headers.ts';
import { StandingStream } from './standing-stream.ts';
import type { Clock } from '../clock.ts';

export interface HttpConnectionOptions {
  readonly url: string;
  /** Sent with every request; secret. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The value of the Authorization header. `renew` is true after the upstream rejected the last one. */
  readonly authorization?: (renew: boolean) => Promise<string | undefined>;
  readonly egress?: EgressOptions;
  /** PEM texts. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

/** Bytes of one message. */
const MAX_MESSAGE_BYTES = 10_485_760;
/** Bytes that are read of the body of an error. */
const MAX_ERROR_BYTES = 65_536;
const CONNECT_TIMEOUT_MS = 10_000;
const ACCEPT = 'application/json, text/event-stream';

type Id = string | number;

export class HttpTransport implements Transport {
  readonly hasPerRequestStream = true;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport['onmessage'];
  sessionId?: string | undefined;
  readonly #options: HttpConnectionOptions;
  readonly #url: URL;
  readonly #dispatcher: Dispatcher;
  readonly #closing = new AbortController();
  readonly #standing: StandingStream;
  /** Methods of the requests that have no answer yet. */
  readonly #methods = new Map<Id, string>();
  #protocolVersion: string | undefined;

  /** @throws {ConnectionError} `refused_address` for an address in the URL that is never allowed */
  constructor(options: HttpConnectionOptions, clock: Clock) {
    this.#options = options;
    this.#url = new URL(options.url);
    checkLiteral(this.#url);
    const isLocal = this.#url.hostname === 'localhost';
    this.#dispatcher = new Agent({
      connect: {
        timeout: CONNECT_TIMEOUT_MS,
        lookup: checkedLookup({ private: isLocal || options.egress?.private === true }),
        ...options.tls,
      },
      // How long an answer may take is decided by each call; streams are open for as long as both sides want.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.#standing = new StandingStream({
      clock,
      open: (lastEventId, signal) => this.#get(lastEventId, signal),
      onData: (data) => this.#receive(data),
      maxBytes: MAX_MESSAGE_BYTES,
    });
  }

  async start(): Promise<void> {}

  setProtocolVersion(version: string): void {
    this.#protocolVersion = version;
  }

  async send(message: JSONRPCMessage, options: TransportSendOptions = {}): Promise<void> {
    const members = message as unknown as Members;
    const id = 'method' in message && 'id' in message ? message.id : undefined;
    if (id !== undefined) this.#methods.set(id, String(members['method']));
    try {
      await this.#post(members, id, options);
    } catch (error) {
      if (id !== undefined) this.#methods.delete(id);
      throw error;
    }
  }

  async #post(message: Members, id: Id | undefined, options: TransportSendOptions): Promise<void> {
    const isHandshake = message['method'] === 'initialize';
    if (isHandshake) this.sessionId = undefined;
    const signals = [this.#closing.signal, ...(options.requestSignal ? [options.requestSignal] : [])];
    const response = await this.#request('POST', {
      signal: AbortSignal.any(signals),
      body: JSON.stringify(message),
      headers: {
        accept: ACCEPT,
        'content-type': 'application/json',
        ...envelopeHeaders(message),
        ...options.headers,
      },
    });
    const { statusCode, headers, body } = response;
    if (statusCode >= 300) return this.#rejected(response, id, envelopeHeaders(message) !== undefined);
    if (isHandshake) this.sessionId = firstOf(headers['mcp-session-id']);
    if (message['method'] === 'notifications/initialized') this.#standing.start();
    if (id === undefined || statusCode === 202) return body.dump();
    const type = firstOf(headers['content-type'])?.split(';')[0]?.trim().toLowerCase();
    if (type === 'text/event-stream') {
      void this.#readStream(body, id, options);
    } else if (type === 'application/json') {
      this.#receive(await readBody(body, MAX_MESSAGE_BYTES));
      this.#unanswered(id, 'not_mcp', 'The upstream answered a request with a message that is no answer to it.');
    } else {
      await body.dump();
      throw new SdkError(SdkErrorCode.ClientHttpUnexpectedContent, 'The upstream answered with no JSON.');
    }
  }

  async close(): Promise<void> {
    if (this.#closing.signal.aborted) return;
    this.#standing[Symbol.dispose]();
    const { sessionId } = this;
    if (sessionId !== undefined) await this.#endSession();
    this.#closing.abort();
    this.onclose?.();
    void this.#dispatcher.destroy();
  }

  /** A session that nobody uses any more costs the upstream memory; that it cannot be ended is no error. */
  async #endSession(): Promise<void> {
    try {
      const response = await this.#request('DELETE', { signal: AbortSignal.timeout(1000), headers: {} });
      await response.body.dump();
    } catch {
      // It ends by itself.
    }
  }

  async #get(lastEventId: string | undefined, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    return this.#request('GET', {
      signal: AbortSignal.any([this.#closing.signal, signal]),
      headers: { accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
    });
  }

  /** @throws {ConnectionError} when there is no response */
  async #request(
    method: 'GET' | 'POST' | 'DELETE',
    given: { readonly signal: AbortSignal; readonly body?: string; readonly headers: Record<string, string> },
    renew = false,
  ): Promise<Dispatcher.ResponseData> {
    const authorization = await this.#options.authorization?.(renew);
    let response: Dispatcher.ResponseData;
    try {
      response = await request(this.#url, {
        method,
        dispatcher: this.#dispatcher,
        signal: given.signal,
        body: given.body ?? null,
        headers: {
          ...this.#options.headers,
          ...(authorization !== undefined && { authorization }),
          ...(this.sessionId !== undefined && { 'mcp-session-id': this.sessionId }),
          ...(this.#protocolVersion !== undefined && { 'mcp-protocol-version': this.#protocolVersion }),
          ...given.headers,
        },
      });
    } catch (error) {
      throw given.signal.aborted ? error : connectFailure(error, this.#url.host);
    }
    if (response.statusCode !== 401 || renew || this.#options.authorization === undefined) return response;
    await response.body.dump();
    return this.#request(method, given, true);
  }

  async #rejected(response: Dispatcher.ResponseData, id: Id | undefined, isModern: boolean): Promise<void> {
    const { statusCode, headers } = response;
    if (statusCode < 400) {
      await response.body.dump();
      throw new ConnectionError(
        'redirect',
        `The upstream at ${this.#url.host} redirects; redirects are not followed.`,
        {
          mayHaveRun: false,
        },
      );
    }
    const text = await readBody(response.body, MAX_ERROR_BYTES).catch(() => '');
    if (statusCode === 404 && this.sessionId !== undefined) {
      throw new ConnectionError('session_lost', 'The upstream no longer knows the session.', { mayHaveRun: false });
    }
    // Errors of the 2026 revision come with a status of their own and are answers all the same.
    if (isModern && id !== undefined && this.#methods.get(id) !== 'server/discover') {
      if (this.#receive(text, { quietly: true }) && !this.#methods.has(id)) return;
    }
    throw new SdkHttpError(SdkErrorCode.ClientHttpNotImplemented, `The upstream answered with HTTP ${statusCode}.`, {
      status: statusCode,
      text,
      retryAfter: firstOf(headers['retry-after']),
    });
  }

  async #readStream(body: AsyncIterable<Uint8Array>, id: Id, options: TransportSendOptions): Promise<void> {
    let lastEventId: string | undefined;
    try {
      await readEvents(body, {
        maxBytes: MAX_MESSAGE_BYTES,
        onData: (data) => this.#receive(data),
        onId: (eventId) => {
          lastEventId = eventId;
        },
        onRetry: () => {},
      });
    } catch (error) {
      if (options.requestSignal?.aborted === true || this.#closing.signal.aborted) return;
      if (error instanceof ConnectionError) this.#unanswered(id, error.kind, error.message);
    }
    if (options.requestSignal?.aborted === true || this.#closing.signal.aborted) return;
    // A stream with ids may be closed while the request runs; the answer is then fetched by GET.
    if (lastEventId !== undefined && this.#methods.has(id)) {
      await this.#standing.resume(lastEventId, () => this.#methods.has(id), options.requestSignal);
    }
    this.#unanswered(id, 'interrupted', 'The upstream ended its stream without an answer.');
    options.onRequestStreamEnd?.();
  }

  #unanswered(id: Id, kind: ConnectionError['kind'], message: string): void {
    if (!this.#methods.delete(id)) return;
    this.onmessage?.(errorAnswer(id, kind, message));
  }

  /** @returns whether it held a message */
  #receive(text: string, { quietly = false } = {}): boolean {
    let parsed: unknown;
    try {
      parsed = JSON.parse(text);
    } catch {
      parsed = undefined;
    }
    const messages = Array.isArray(parsed) ? parsed : [parsed];
    let received = false;
    for (const message of messages) {
      if (!isMembers(message) || message['jsonrpc'] !== '2.0') continue;
      received = true;
      this.#deliver(message);
    }
    if (!received && !quietly) this.onerror?.(new Error('The upstream sent something that is no message.'));
    return received;
  }

  #deliver(message: Members): void {
    const id = message['id'] as Id | undefined;
    const isAnswer = id !== undefined && !('method' in message);
    const method = isAnswer ? this.#methods.get(id) : undefined;
    if (isAnswer) this.#methods.delete(id);
    this.onmessage?.(takeApart(message, method) as unknown as JSONRPCMessage);
  }
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
