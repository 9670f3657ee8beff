/** Requests to the one origin of an upstream, over checked connections and with the credential of this server. */
import { ToolError } from '@mcp/tool-base';
import { Pool, type Dispatcher } from 'undici';

import { ConnectionError } from '../connection/connection-error.ts';
import { connectFailure } from './connect-failure.ts';
import { checkedLookup, checkLiteral, type EgressOptions } from './egress.ts';

export interface HttpConnectionOptions {
  readonly url: string;
  /** Sent with every request; secret. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The value of the Authorization header. `renew` is true after the upstream rejected the last one. */
  readonly authorization?: (renew: boolean) => Promise<string | undefined>;
  readonly egress?: EgressOptions;
  /** PEM texts, read for each connection. @throws {ToolError} when one is missing */
  readonly tls?: () => { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

export interface OriginRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Ends the request; so does closing. */
  readonly signal?: AbortSignal;
  readonly body?: string;
  readonly headers: Readonly<Record<string, string>>;
}

const CONNECT_TIMEOUT_MS = 10_000;

export class OriginClient {
  readonly #options: HttpConnectionOptions;
  readonly #url: URL;
  readonly #path: string;
  /** Not an `Agent`: that of undici closes connections in use after it has lost one, and then opens one for each request. */
  readonly #pool: Pool;

  /**
   * @throws {ConnectionError} `refused_address` for an address in the URL that is never allowed
   * @throws {ToolError} of `tls`
   */
  constructor(options: HttpConnectionOptions) {
    this.#options = options;
    this.#url = new URL(options.url);
    checkLiteral(this.#url);
    const isLocal = this.#url.hostname === 'localhost';
    this.#path = `${this.#url.pathname}${this.#url.search}`;
    this.#pool = new Pool(this.#url.origin, {
      connect: {
        timeout: CONNECT_TIMEOUT_MS,
        lookup: checkedLookup({ private: isLocal || options.egress?.private === true }),
        ...options.tls?.(),
      },
      // How long an answer may take is decided by each call; streams are open for as long as both sides want.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  get url(): URL {
    return this.#url;
  }

  /**
   * A rejected credential is renewed once.
   * @throws {ConnectionError} when there is no response
   */
  async send(given: OriginRequest, renew = false): Promise<Dispatcher.ResponseData> {
    const { method, signal, body = null, headers } = given;
    const authorization = await this.#authorization(renew);
    let response: Dispatcher.ResponseData;
    try {
      response = await this.#pool.request({
        path: this.#path,
        method,
        ...(signal && { signal }),
        body,
        headers: {
          ...this.#options.headers,
          ...(authorization !== undefined && { authorization }),
          ...headers,
        },
      });
    } catch (error) {
      throw signal?.aborted === true ? error : connectFailure(error, this.#url.host);
    }
    if (response.statusCode !== 401 || renew || this.#options.authorization === undefined) return response;
    await response.body.dump();
    return this.send(given, true);
  }

  async #authorization(renew: boolean): Promise<string | undefined> {
    try {
      return await this.#options.authorization?.(renew);
    } catch (error) {
      // Ours, or of a client that the caller chose; both are for people.
      if (error instanceof ToolError) {
        throw new ConnectionError('unreachable', error.message, { mayHaveRun: false, cause: error });
      }
      throw error;
    }
  }

  close(): void {
    void this.#pool.destroy();
  }
}
