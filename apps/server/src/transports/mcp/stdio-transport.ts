/**
 * The SDK's transport over stdio, with the fast path in front of it:
 *
 *   line -> invalid    -> error response
 *        -> recognised -> fast path -> response
 *        -> opening    -> response, before the SDK is loaded
 *        -> else       -> SDK       -> response
 *
 * Every other valid message reaches the SDK in order, so the SDK decides the protocol era, knows the capabilities of the client,
 * and cancels what it runs. It is loaded with the first of them; while it is, no line is taken. Nor is one while the client does
 * not read what it is sent, or many requests are in progress.
 */
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/server';

import type { Principal } from '../../access/principal.ts';
import type { FastRequest } from './fast-path/fast-path-request.ts';
import { StdioFastPath } from './fast-path/stdio-fast-path.ts';
import type { DeferredCall } from './handoff/deferred-call.ts';
import { toAuthInfo } from './handoff/request-extra.ts';
import type { JsonObject } from './protocol/json-object.ts';
import type { ProtocolDependencies } from './protocol/protocol-dependencies.ts';
import { inOwnWords } from './protocol/sdk-error-text.ts';
import { listensToTasks, type FilterError } from './protocol/task-filter.ts';
import type { ChangeNotifier } from './sdk/connection/change-notifier.ts';
import { RequestsInProgress } from './protocol/requests-in-progress.ts';
import type { SdkConnection, StdioSdk, StdioSdkTransport } from './sdk/stdio-sdk.ts';
import { StdioEra } from './stdio-era.ts';
import { StdioLines, type StdioStreams } from './stdio-lines.ts';
import { errorMessage, type MessageError } from './protocol/parse-message.ts';
import { notUtf8, parseLine, requestIdOf, tooLong } from './stdio-message.ts';
import { connectionOf, StdioOpening } from './stdio-opening.ts';
import { StdioTaskSubscriptions } from './stdio-task-subscriptions.ts';

export interface StdioTransportOptions extends ProtocolDependencies, StdioStreams {
  readonly notifier: ChangeNotifier;
  readonly principal: Principal;
  /** A line was not a valid message. It has been answered, unless it was a notification or a response. */
  readonly onInvalidLine: (error: MessageError) => void;
  readonly onUnread?: ((unreadMs: number) => void) | undefined;
  /** Called once, with the first message that needs the SDK. */
  readonly connectSdk: (transport: StdioSdkTransport) => Promise<StdioSdk>;
}

export class StdioTransport implements StdioSdkTransport {
  onmessage?: NonNullable<StdioSdkTransport['onmessage']>;
  onerror?: (error: Error) => void;
  onclose?: () => void;

  readonly #onInvalidLine: StdioTransportOptions['onInvalidLine'];
  readonly #connectSdk: StdioTransportOptions['connectSdk'];
  readonly #lines: StdioLines;
  readonly #fastPath: StdioFastPath;
  readonly #opening: StdioOpening;
  readonly #tasks: StdioTaskSubscriptions;
  readonly #era = new StdioEra();
  readonly requests: RequestsInProgress = new RequestsInProgress(() => this.#lines.proceed());
  /** Of the SDK once it has a protocol instance. */
  #connection: SdkConnection | undefined;
  #sdk: StdioSdk | undefined;
  #loading: Promise<void> | undefined;
  /** The line that the SDK is loaded for. */
  #first: string | undefined;
  readonly #deferred: [message: JSONRPCMessage, call: DeferredCall | undefined][] = [];

  constructor(options: StdioTransportOptions) {
    this.#onInvalidLine = options.onInvalidLine;
    this.#connectSdk = options.connectSdk;
    this.#lines = new StdioLines({
      ...options,
      isBusy: () => this.requests.isFull,
      onLine: (line) => this.#receive(line),
      onTooLong: (maxLineBytes) => this.#reject(tooLong(maxLineBytes)),
      onNotUtf8: () => this.#reject(notUtf8),
      onError: (error) => (this.onerror ?? options.onError)(error),
      onBroken: () => this.#end(),
    });
    this.#fastPath = new StdioFastPath({
      ...options,
      requests: this.requests,
      write: (line) => this.#lines.write(line),
      toSdk: (message, deferredCall) => this.#toSdk(message as unknown as JSONRPCMessage, deferredCall),
    });
    this.#opening = new StdioOpening({
      ...options,
      fastPath: this.#fastPath,
      write: (line) => this.#lines.write(line),
    });
    this.#tasks = new StdioTaskSubscriptions({
      ...options,
      write: (message) => this.#lines.write(JSON.stringify(message)),
      writable: () => this.#lines.writable,
    });
  }

  /** Starts to read. */
  open(): void {
    this.#lines.start();
  }

  /** Loads the SDK, which then answers whatever the fast path does not. */
  prepare(): Promise<void> {
    return (this.#loading ??= this.#load());
  }

  /** Whether nothing waits for an answer, calls aside, and the client has read what it was sent. */
  get isAnswered(): boolean {
    return this.#lines.isIdle && this.requests.isEmpty;
  }

  /** Resolves when no line waits for the SDK. */
  get prepared(): Promise<void> | undefined {
    return this.#loading;
  }

  /** Ends the connection from this side. */
  end(): Promise<void> {
    return this.#sdk?.close() ?? this.close();
  }

  connected(connection: SdkConnection): void {
    this.#connection = connection;
    this.#opening.connected();
  }

  /** Called by the SDK; lines are read before. */
  start(): Promise<void> {
    return Promise.resolve();
  }

  /** Called by the SDK. */
  send(message: JSONRPCMessage): Promise<void> {
    const id = 'method' in message ? undefined : message.id;
    if (id !== undefined && this.#opening.takeResponse(id)) return Promise.resolve();
    if (this.#lines.closed) return Promise.reject(new Error('The connection over stdio is closed.'));
    if (id !== undefined) {
      if (this.#fastPath.takeResponse(id, message)) return this.#lines.writable;
      this.#era.answered(id, 'result' in message);
      this.#tasks.end(id);
    }
    const answer = 'error' in message ? { ...message, error: inOwnWords(message.error) } : message;
    this.#lines.write(JSON.stringify(this.#tasks.outgoing(answer)));
    return this.#lines.writable;
  }

  close(): Promise<void> {
    if (!this.#lines.closed) {
      this.#lines.close();
      this.#end();
    }
    return Promise.resolve();
  }

  #end(): void {
    this.#opening.end();
    this.#fastPath.abortAll();
    this.#tasks[Symbol.dispose]();
    this.onclose?.();
  }

  async #load(): Promise<void> {
    this.#lines.pause();
    const sdk = await this.#connectSdk(this);
    await this.#opening.replay((message) => this.onmessage?.(message as unknown as JSONRPCMessage));
    this.#sdk = sdk;
    for (const [message, call] of this.#deferred.splice(0)) this.#toSdk(message, call);
    if (this.#first !== undefined) this.#receive(this.#first);
    this.#lines.resume();
  }

  #receive(line: string): void {
    const parsed = parseLine(line);
    if (parsed === undefined) return;
    if (!parsed.ok) return this.#reject(parsed.error);
    const request = this.#recognise(parsed.message);
    if (request === undefined) return this.#answerUnrecognised(parsed.message, line);
    const { server } = this.#connection ?? {};
    this.#fastPath.answer(request, {
      capabilities: server?.getClientCapabilities(),
      client: server?.getClientVersion(),
    });
  }

  #answerUnrecognised(message: JsonObject, line: string): void {
    if (this.#sdk) return this.#forward(message, this.#sdk);
    const answered = this.#opening.answer(message, this.#connection?.era);
    if (answered === false) {
      this.#first = line;
      void this.prepare();
    } else if (answered !== true) {
      this.#connection = connectionOf(answered);
      this.#era.fix();
    }
  }

  #recognise(message: JsonObject): FastRequest | undefined {
    if (!this.#era.isSettled) return undefined;
    const request = this.#fastPath.recognise(message);
    return request?.era === this.#connection?.era ? request : undefined;
  }

  #forward(value: JsonObject, sdk: StdioSdk): void {
    const read = sdk.read(value);
    if (!read.ok) {
      const id = requestIdOf(value);
      if (!read.isRead) return this.#reject({ ...read.error, id });
      return this.#lines.write(errorMessage(id ?? 'null', read.error));
    }
    const { message } = read;
    if ('method' in message) {
      if ('id' in message) {
        this.#fastPath.defer(message.id);
        this.#era.requested(message.id, message.method);
        if (message.method === 'subscriptions/listen') sdk.listens(message.params);
        if (this.#connection?.era === 'modern' && listensToTasks(value)) return void this.#listen(value, message.id);
      } else if (message.method === 'notifications/cancelled') this.#cancel(message.params?.['requestId']);
    }
    this.#toSdk(message);
  }

  async #listen(request: JsonObject, id: RequestId): Promise<void> {
    const filtered = await this.#tasks.listen(request);
    if ('code' in filtered) this.#lines.write(errorMessage(JSON.stringify(id), filtered as FilterError));
    else this.#toSdk(filtered as unknown as JSONRPCMessage);
  }

  #reject(error: MessageError): void {
    const { code, message, id } = error;
    this.#onInvalidLine(error);
    if (id !== undefined) this.#lines.write(errorMessage(id, { code, message }));
  }

  #cancel(id: unknown): void {
    this.#fastPath.cancel(id);
    this.#tasks.end(id);
    this.#era.cancelled(id as RequestId);
  }

  #toSdk(message: JSONRPCMessage, deferredCall?: DeferredCall): void {
    if (!this.#sdk) {
      this.#deferred.push([message, deferredCall]);
      return void this.prepare();
    }
    this.requests.pass();
    if (deferredCall === undefined) return this.onmessage?.(message);
    if (this.#lines.closed) return;
    // `serveStdio` forwards a message without what accompanies it, so this goes to its protocol instance directly.
    this.#connection?.server.transport?.onmessage?.(message, { authInfo: toAuthInfo({ deferredCall }) });
  }
}
