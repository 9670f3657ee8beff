/**
 * `/mcp`: plain requests of either era are answered by the fast lane, everything else by the SDK. The SDK is loaded with
 * the first request that needs it, so a server whose clients only call tools starts without it and never holds it.
 */
import type { Principal } from '../../access/principal.ts';
import type { FastAnswer } from './fast-path/fast-path-answer.ts';
import { HttpFastLane, type Exchange } from './fast-path/http-fast-path.ts';
import type { SdkEndpoint, SdkEndpointOptions } from './sdk/sdk-endpoint.ts';

export class McpHttpEndpoint {
  readonly #options: SdkEndpointOptions;
  readonly #fastLane: HttpFastLane;
  #loading: Promise<SdkEndpoint> | undefined;
  #sdk: SdkEndpoint | undefined;

  constructor(options: SdkEndpointOptions) {
    this.#options = options;
    this.#fastLane = new HttpFastLane({
      ...options,
      sessions: { use: (id, principal) => this.#sdk?.sessions.use(id, principal) },
      sdk: ({ request, body, principal }) => this.handle(request(), body, principal),
    });
  }

  get sessionCount(): number {
    return this.#sdk?.sessions.size ?? 0;
  }

  /**
   * Loads the SDK now rather than with the first request that needs it.
   *
   * @throws Error for resources that cannot be offered
   */
  async prepare(): Promise<void> {
    await this.#load();
  }

  /** A POST with a JSON-RPC message in it. */
  post(exchange: Exchange): FastAnswer | Promise<FastAnswer | Response> {
    return this.#fastLane.serve(exchange);
  }

  /**
   * The SDK's way, for every method of HTTP.
   *
   * @param request headers and signal are read, its body never
   * @param body the parsed JSON body of a POST, `undefined` for GET and DELETE
   */
  async handle(request: Request, body: unknown, principal: Principal): Promise<Response> {
    const sdk = this.#sdk ?? (await this.#load());
    return sdk.handle(request, body, principal);
  }

  async close(): Promise<void> {
    await this.#loading?.catch(() => {});
    await this.#sdk?.close();
  }

  #load(): Promise<SdkEndpoint> {
    this.#loading ??= import('./sdk/sdk-endpoint.ts').then(({ SdkEndpoint }) => {
      this.#sdk = new SdkEndpoint(this.#options);
      return this.#sdk;
    });
    return this.#loading;
  }
}
