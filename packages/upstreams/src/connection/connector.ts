/** Makes connections to one upstream, whatever it is reached by. */
import { SdkError, SdkErrorCode } from '@modelcontextprotocol/client';

import type { Clock } from '../clock.ts';
import { HttpTransport } from '../http/http-transport.ts';
import { StdioTransport, type StdioEvents } from '../stdio/stdio-transport.ts';
import { DEFAULT_START_TIMEOUT_MS, type UpstreamOptions } from '../upstream-options.ts';
import { ConnectionError } from './connection-error.ts';
import { Connection, type ProtocolChoice } from './connection.ts';
import type { FollowedChanges } from './followed-changes.ts';

export interface ConnectorOptions {
  readonly settings: UpstreamOptions;
  readonly clock: Clock;
  readonly follows: FollowedChanges;
  /** What programs do beside answering. */
  readonly programEvents: StdioEvents;
}

const DEFAULT_CLIENT = { name: '@mcp/upstreams', version: '0.1.0' };

export class Connector {
  readonly #options: ConnectorOptions;
  /** The program ended at `server/discover` or never answered it, as programs of the 2025 era may. */
  #isOld = false;

  constructor(options: ConnectorOptions) {
    this.#options = options;
  }

  /** @throws {Error} of the SDK or of the transport, or {@link ConnectionError} */
  async open(onClosed: (reason: string) => void, signal: AbortSignal): Promise<Connection> {
    const { settings, clock } = this.#options;
    const { http, protocol = 'auto' } = settings;
    if (http !== undefined)
      return this.#openOver(new HttpTransport(http, clock), protocol, () => onClosed('The connection ended.'), signal);
    if (protocol !== 'auto') return this.#openProgram(protocol, onClosed, signal);
    if (this.#isOld) {
      // Another version of it may be installed by now: the next time it is asked again.
      this.#isOld = false;
      const connection = await this.#openProgram('2025-11-25', onClosed, signal);
      this.#isOld = true;
      return connection;
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
    const { settings, programEvents, clock } = this.#options;
    const { stdio } = settings;
    using _ = await stdio?.turns?.take(signal);
    const transport = new StdioTransport(stdio!, programEvents, clock);
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
    const { settings, follows, clock } = this.#options;
    const { client = DEFAULT_CLIENT, startTimeoutMs: timeoutMs = DEFAULT_START_TIMEOUT_MS } = settings;
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
      follows,
      clock,
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
