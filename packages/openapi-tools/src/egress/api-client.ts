/**
 * Requests to one API. Its origin is fixed; every address of its host is checked when a connection is made, and the connection goes
 * to an address that was checked. Redirects are not followed, so a credential never leaves the origin.
 */

import type { LookupFunction } from 'node:net';

import type { Resolver, TargetPolicy } from '@mcp/tool-base';
import { buildConnector, Pool } from 'undici';
import { isSafe, type PreparedRequest } from '../request/prepared-request.ts';
import { systemClock } from '../clock.ts';
import { ApiCounter, type ApiCounts } from './api-counts.ts';
import { readApiAddress, type ApiAddress, type EgressRules } from './api-address.ts';
import { staticCredentials, type Authorization, type Credentials, type TokenState } from './credentials.ts';
import { egressPolicy } from './egress-policy.ts';
import { exchange, type Answer, type ReadOptions } from './exchange.ts';
import { failureOf, failureReason, isConnectionLost } from './network-failure.ts';

export interface ApiClientOptions extends EgressRules {
  /** Origin and base path, such as `https://billing.internal/v2`. */
  readonly baseUrl: string;
  /** @default none */
  readonly credentials?: Credentials | undefined;
  /** Certificates in PEM that are trusted instead of the system's. */
  readonly ca?: string | undefined;
  /** Open connections, 1 to 1000. @default 64 */
  readonly connections?: number | undefined;
  /** Finds the addresses of the host. @default the system's resolver */
  readonly resolver?: Resolver | undefined;
}

export type SendOptions = ReadOptions;

export interface ApiResponse extends Answer {
  /** Secrets of the request, which are replaced wherever the response is shown. */
  readonly secrets: readonly string[];
}

const UNAUTHORIZED = 401;
const DEFAULT_CONNECTIONS = 64;

export class ApiClient {
  readonly address: ApiAddress;
  readonly #policy: TargetPolicy;
  readonly #credentials: Credentials;
  readonly #pool: Pool;
  readonly #isLiteral: boolean;
  readonly #counter = new ApiCounter();

  /** @throws {TypeError} for a base URL that cannot be used */
  constructor(options: ApiClientOptions) {
    const address = readApiAddress(options.baseUrl);
    if (typeof address === 'string') throw new TypeError(`The base URL ${address}.`);
    this.address = address;
    this.#policy = egressPolicy(address, options, options.resolver);
    this.#credentials = options.credentials ?? staticCredentials({ type: 'none' });
    this.#isLiteral = /^[\d.]+$|:/.test(address.host);
    this.#pool = new Pool(address.origin, {
      // Deadlines are those of the calls.
      headersTimeout: 0,
      bodyTimeout: 0,
      connections: options.connections ?? DEFAULT_CONNECTIONS,
      pipelining: 1,
      connect: this.#checkedConnector(options.ca),
    });
  }

  /** @throws {ToolError} `unavailable`, or `execution_error` when it cannot be known whether the request took effect */
  async send(request: PreparedRequest, options: SendOptions): Promise<ApiResponse> {
    const authorizing = this.#credentials.authorize(options.signal);
    const authorization = authorizing instanceof Promise ? await authorizing : authorizing;
    const response = await this.#attempt(request, authorization, options);
    if (response.status !== UNAUTHORIZED || this.#credentials.renew?.(authorization) !== true) return response;
    return this.#attempt(request, await this.#credentials.authorize(options.signal), options);
  }

  get counts(): ApiCounts {
    return this.#counter.counts;
  }

  /** Of credentials that are requested; undefined for all others. */
  get tokenState(): TokenState | undefined {
    return this.#credentials.tokenState?.();
  }

  /** Closes the connections; running requests finish first. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.close();
  }

  async #attempt(request: PreparedRequest, authorization: Authorization, options: SendOptions): Promise<ApiResponse> {
    try {
      return await this.#exchange(request, authorization, options);
    } catch (error) {
      if (!isSafe(request.method) || !isConnectionLost(error) || options.signal.aborted) {
        throw failureOf(error, request.method, options.signal);
      }
    }
    // An idle connection may be closed by the other side just as it is used.
    return this.#exchange(request, authorization, options).catch((error: unknown) => {
      throw failureOf(error, request.method, options.signal);
    });
  }

  async #exchange(
    { method, path, query, headers, body }: PreparedRequest,
    authorization: Authorization,
    { signal, maxBytes }: SendOptions,
  ): Promise<ApiResponse> {
    const startedMs = systemClock.monotonicMs();
    const waitedMs = (): number => systemClock.monotonicMs() - startedMs;
    const search = [query, authorization.query ?? ''].filter((part) => part !== '').join('&');
    try {
      const answer = await exchange(
        this.#pool,
        {
          origin: this.address.origin,
          path: `${this.address.basePath}${path}${search === '' ? '' : `?${search}`}`,
          method,
          headers: { accept: '*/*', 'accept-encoding': 'identity', ...headers, ...authorization.headers },
          body: body ?? null,
        },
        { signal, maxBytes },
      );
      this.#counter.answered(answer.status, answer.body.length, waitedMs());
      return { ...answer, secrets: authorization.secrets };
    } catch (error) {
      this.#counter.unanswered(signal.aborted ? undefined : failureReason(error), waitedMs());
      throw error;
    }
  }

  /** A connection to a literal address looks nothing up. */
  #checkedConnector(ca: string | undefined): buildConnector.connector {
    const connect = buildConnector({ lookup: this.#lookup, ...(ca === undefined ? {} : { ca }) });
    if (!this.#isLiteral) return connect;
    return (options, callback) => void this.#connectToLiteral(connect, options, callback);
  }

  async #connectToLiteral(
    connect: buildConnector.connector,
    options: buildConnector.Options,
    callback: buildConnector.Callback,
  ): Promise<void> {
    try {
      await this.#checkedAddresses(this.address.host);
    } catch (error) {
      callback(error as Error, null);
      return;
    }
    connect(options, callback);
  }

  readonly #lookup: LookupFunction = (host, options, callback) => {
    void this.#answer(host, options.all === true, callback);
  };

  async #answer(host: string, all: boolean, callback: Parameters<LookupFunction>[2]): Promise<void> {
    let addresses: readonly string[];
    try {
      addresses = await this.#checkedAddresses(host);
    } catch (error) {
      callback(error as NodeJS.ErrnoException, []);
      return;
    }
    const answers = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    const [first] = answers;
    if (all || first === undefined) callback(null, answers);
    else callback(null, first.address, first.family);
  }

  async #checkedAddresses(host: string): Promise<readonly string[]> {
    // A caller of its own, so that a name server that does not answer stops no other API.
    const { addresses } = await this.#policy.check('ip_or_host', host, { caller: `API ${host}` });
    return addresses;
  }
}
