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
import type { Dispatcher } from 'undici';

import type { CallMessage, CallTransport } from '../connection/call-lane.ts';
import { connectionClosed, ConnectionError } from '../connection/connection-error.ts';
import { OpenRequests, type RequestId } from '../connection/open-requests.ts';
import type { Members } from '../connection/take-apart.ts';
import { readBody, readEvents } from './event-reader.ts';
import { OriginClient, type HttpConnectionOptions, type OriginRequest } from './origin-client.ts';
import { envelopeHeaders } from './request-headers.ts';
import { redirected, requirePlainBody } from './refused-response.ts';
import { StandingStream } from './standing-stream.ts';
import { wantsNewSession } from './wants-new-session.ts';
import type { Clock } from '../clock.ts';

/** Bytes of one message. */
const MAX_MESSAGE_BYTES = 10_485_760;
/** Bytes that are read of the body of an error. */
const MAX_ERROR_BYTES = 65_536;
const NOTIFICATION_TIMEOUT_MS = 10_000;
const ACCEPT = 'application/json, text/event-stream';

export class HttpTransport implements Transport, CallTransport {
  readonly hasPerRequestStream = true;
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: Transport['onmessage'];
  onunasked?: CallTransport['onunasked'];
  sessionId?: string | undefined;
  readonly #origin: OriginClient;
  readonly #closing = new AbortController();
  readonly #standing: StandingStream;
  readonly #clock: Clock;
  readonly #requests = new OpenRequests((message) => this.onunasked?.(message) ?? false);
  #protocolVersion: string | undefined;

  /** @throws {ConnectionError} `refused_address` for an address in the URL that is never allowed */
  constructor(options: HttpConnectionOptions, clock: Clock) {
    this.#origin = new OriginClient(options);
    this.#clock = clock;
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
    const id = this.#requests.sent(message);
    if (id === undefined) return this.#notify(message, options);
    try {
      await this.#post(message, id, options);
    } catch (error) {
      this.#requests.forget(id);
      throw error;
    }
  }

  /** What has no answer has no deadline of its own either, and the opening of a connection waits for one such message. */
  async #notify(message: JSONRPCMessage, options: TransportSendOptions): Promise<void> {
    const late = new AbortController();
    using _ = this.#clock.setTimer(NOTIFICATION_TIMEOUT_MS, () => late.abort());
    try {
      await this.#post(message, undefined, { ...options, requestSignal: late.signal });
    } catch (error) {
      if (!late.signal.aborted) throw error;
      const text = 'The upstream did not respond to a notification in time.';
      throw new ConnectionError('unreachable', text, { mayHaveRun: false, cause: error });
    }
  }

  /** The signal ends the request itself, in both eras: nobody reads its response any more. */
  async exchange(message: CallMessage, signal: AbortSignal): Promise<Members> {
    const { id } = message;
    const answer = this.#requests.expect(id);
    try {
      await this.#post(message, id, { requestSignal: signal });
      return await answer;
    } catch (error) {
      throw this.#closing.signal.aborted ? connectionClosed() : error;
    } finally {
      this.#requests.forget(id);
    }
  }

  async #post(message: object, id: RequestId | undefined, options: TransportSendOptions): Promise<void> {
    const { method } = message as { readonly method?: string };
    const isHandshake = method === 'initialize';
    const envelope = envelopeHeaders(message as Members);
    if (isHandshake) this.sessionId = undefined;
    const response = await this.#request({
      method: 'POST',
      // Closing ends every request with its connection, so a request has no signal but its own.
      ...(options.requestSignal && { signal: options.requestSignal }),
      body: JSON.stringify(message),
      headers: {
        accept: ACCEPT,
        'content-type': 'application/json',
        ...envelope,
        ...options.headers,
      },
    });
    const { statusCode, headers, body } = response;
    if (statusCode >= 300) return this.#rejected(response, id, envelope !== undefined);
    if (isHandshake) this.sessionId = firstOf(headers['mcp-session-id']);
    if (method === 'notifications/initialized') this.#standing.start();
    if (id === undefined) return body.dump();
    if (statusCode === 202) {
      await body.dump();
      // Some servers send the answer on the stream that belongs to no request.
      if (!this.#standing.isKept) this.#unanswered(id, 'not_mcp', 'The upstream accepted a request without an answer.');
      return;
    }
    await requirePlainBody(response);
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
    this.#requests.failAll(connectionClosed());
    this.onclose?.();
    this.#origin.close();
  }

  /** A session that nobody uses any more costs the upstream memory; that it cannot be ended is not an error. */
  async #endSession(): Promise<void> {
    try {
      const response = await this.#request({ method: 'DELETE', signal: AbortSignal.timeout(1000), headers: {} });
      await response.body.dump();
    } catch {
      // It ends by itself.
    }
  }

  async #get(lastEventId: string | undefined, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    return this.#request({
      method: 'GET',
      signal,
      headers: { accept: 'text/event-stream', ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
    });
  }

  #request(given: OriginRequest): Promise<Dispatcher.ResponseData> {
    const headers = {
      ...(this.sessionId !== undefined && { 'mcp-session-id': this.sessionId }),
      ...(this.#protocolVersion !== undefined && { 'mcp-protocol-version': this.#protocolVersion }),
      ...given.headers,
    };
    return this.#origin.send({ ...given, headers });
  }

  async #rejected(response: Dispatcher.ResponseData, id: RequestId | undefined, isModern: boolean): Promise<void> {
    const { statusCode, headers } = response;
    if (statusCode < 400) {
      await response.body.dump();
      throw redirected(this.#origin.url, headers);
    }
    const text = await readBody(response.body, MAX_ERROR_BYTES).catch(() => '');
    const method = id === undefined ? undefined : this.#requests.methodOf(id);
    // The opening of a connection has its own rules for what such an answer means.
    const isOpen = id !== undefined && method !== 'server/discover' && method !== 'initialize';
    if ((statusCode === 404 && this.sessionId !== undefined) || (isOpen && wantsNewSession(statusCode, text))) {
      throw new ConnectionError('session_lost', 'The upstream no longer knows the session.', { mayHaveRun: false });
    }
    // Errors of the 2026 revision come with a status of their own and are answers all the same.
    if (isModern && isOpen) {
      if (this.#receive(text, { quietly: true }) && !this.#requests.has(id)) return;
    }
    throw new SdkHttpError(SdkErrorCode.ClientHttpNotImplemented, `The upstream answered with HTTP ${statusCode}.`, {
      status: statusCode,
      text,
      retryAfter: firstOf(headers['retry-after']),
    });
  }

  async #readStream(body: AsyncIterable<Uint8Array>, id: RequestId, options: TransportSendOptions): Promise<void> {
    let lastEventId: string | undefined;
    try {
      await readEvents(body, {
        maxBytes: MAX_MESSAGE_BYTES,
        clock: this.#clock,
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
    if (lastEventId !== undefined && this.#requests.has(id)) {
      await this.#standing.resume(lastEventId, () => this.#requests.has(id), options.requestSignal);
    }
    this.#unanswered(id, 'interrupted', 'The upstream ended its stream without an answer.');
    options.onRequestStreamEnd?.();
  }

  #unanswered(id: RequestId, kind: ConnectionError['kind'], message: string): void {
    if (!this.#requests.has(id)) return;
    const answer = this.#requests.fail(id, new ConnectionError(kind, message, { mayHaveRun: true }));
    if (answer !== undefined) this.onmessage?.(answer);
  }

  /** @returns whether it held a message */
  #receive(text: string, { quietly = false } = {}): boolean {
    const { count, forClient } = this.#requests.read(text);
    for (const message of forClient) this.onmessage?.(message);
    if (count === 0 && !quietly) this.onerror?.(new Error('The upstream sent something that is no message.'));
    return count > 0;
  }
}

function firstOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}
