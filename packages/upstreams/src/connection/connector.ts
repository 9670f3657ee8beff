/** Makes connections to one upstream, whatever it is reached by. */
import { SdkError, SdkErrorCode } from '@modelcontextprotocol/client';

import type { Clock } from '../clock.ts';
import { HttpTransport } from '../http/http-transport.ts';
import type { HttpConnectionOptions } from '../http/origin-client.ts';
import { StdioTransport, type StdioConnectionOptions, type StdioEvents } from '../stdio/stdio-transport.ts';
import { ConnectionError } from './connection-error.ts';
import { Connection, type ProtocolChoice } from './connection.ts';

/** Exactly one of the two. */
export type Endpoint =
  | { readonly http: HttpConnectionOptions; readonly stdio?: undefined }
  | { readonly stdio: StdioConnectionOptions; readonly http?: undefined };

export interface ConnectorOptions {
  readonly endpoint: Endpoint;
  readonly protocol: ProtocolChoice;
  readonly client: { readonly name: string; readonly version: string };
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly onToolsChanged: () => void;
  /** What programs do beside answering. */
  readonly programEvents: StdioEvents;
}

export class Connector {
  readonly #options: ConnectorOptions;
  /** The program ended at `server/discover` or never answered it, as programs of the 2025 era may. */
  #isOld = false;

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  /** @throws {Error} of the SDK or of the transport, or {@link ConnectionError} */
  async open(onClosed: (reason: string) => void, signal: AbortSignal): Promise<Connection> {
    const { endpoint, protocol, clock } = this.#options;
    if (endpoint.http !== undefined)
      return this.#openOver(
        new HttpTransport(endpoint.http, clock),
        protocol,
        () => onClosed('The connection ended.'),
        signal,
      );
    if (protocol !== 'auto' || this.#isOld) {
      return this.#openProgram(protocol === 'auto' ? '2025-11-25' : protocol, onClosed, signal);
    }
    try {
      return await this.#openProgram('auto', onClosed, signal);
    } catch (error) {
      if (signal.aborted || (error instanceof ConnectionError && !error.mayHaveRun)) throw error;
      const connection = await this.#openProgram('2025-11-25', onClosed, signal);
      this.#isOld = true;
      return connection;
    }
  }

  async #openProgram(
    protocol: ProtocolChoice,
    onClosed: (reason: string) => void,
    signal: AbortSignal,
  ): Promise<Connection> {
    const { endpoint, programEvents } = this.#options;
    using _ = await endpoint.stdio?.turns?.take(signal);
    const transport = new StdioTransport(endpoint.stdio!, programEvents);
    try {
      return await this.#openOver(
        transport,
        protocol,
        () => onClosed(transport.failure?.message ?? 'The program ended.'),
        signal,
      );
    } catch (error) {
      // Why it ended says more than that a request has no answer.
      throw transport.failure ?? (isTimeout(error) ? silent(error) : error);
    }
  }

  #openOver(
    transport: HttpTransport | StdioTransport,
    protocol: ProtocolChoice,
    onClosed: () => void,
    signal: AbortSignal,
  ): Promise<Connection> {
    const { client, timeoutMs, onToolsChanged } = this.#options;
    const isProgram = transport instanceof StdioTransport;
    return Connection.open({
      transport,
      protocol,
      client,
      timeoutMs,
      // A program that does not answer the probe gets the rest of the time for `initialize`.
      ...(isProgram && protocol === 'auto' && { probeTimeoutMs: timeoutMs / 2 }),
      isProgram,
      signal,
      onToolsChanged,
      onClosed,
    });
  }
}

function isTimeout(error: unknown): error is SdkError {
  return error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout;
}

function silent(cause: SdkError): ConnectionError {
  return new ConnectionError('interrupted', 'The program did not answer in time.', { mayHaveRun: true, cause });
}
