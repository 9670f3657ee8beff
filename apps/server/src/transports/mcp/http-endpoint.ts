/**
 * `/mcp`: plain requests of either era are answered by the fast path, all others by the SDK. The SDK is loaded with the
 * first request that needs it, so a server whose clients only call tools never loads it.
 */
import type { Principal } from '../../access/principal.ts';
import type { FastAnswer } from './fast-path/fast-path-answer.ts';
import { HttpFastPath, type McpPostRequest } from './fast-path/http-fast-path.ts';
import type { TransportExtra } from './handoff/request-extra.ts';
import type { SdkEndpoint, SdkEndpointOptions } from './sdk/sdk-endpoint.ts';

export class McpHttpEndpoint {
  readonly #options: SdkEndpointOptions;
  readonly #fastPath: HttpFastPath;
  #loading: Promise<SdkEndpoint> | undefined;
  #sdk: SdkEndpoint | undefined;

  constructor(options: SdkEndpointOptions) {
    this.#options = options;
    this.#fastPath = new HttpFastPath({
      ...options,
      sessions: { use: (...request) => this.#sdk?.sessions?.use(...request) },
      sdk: ({ request, body, principal, address }, deferredCall) =>
        this.handle(request(), body, principal, { deferredCall, address }),
    });
  }

  get sessionCount(): number {
    return this.#sdk?.sessions?.size ?? 0;
  }

  /**
   * Loads the SDK now rather than with the first request that needs it.
   *
   * @throws {Error} for resources that cannot be registered
   */
  async prepare(): Promise<void> {
    await this.#load();
  }

  /** A POST with a JSON-RPC message. */
  post(post: McpPostRequest): FastAnswer | Promise<FastAnswer | Response> {
    return this.#fastPath.serve(post);
  }

  /**
   * Answers with the SDK, for every method of HTTP.
   *
   * @param request headers and signal are read, its body never
   * @param body the parsed JSON body of a POST, `undefined` for GET and DELETE
   */
  async handle(request: Request, body: unknown, principal: Principal, extra?: TransportExtra): Promise<Response> {
    const sdk = this.#sdk ?? (await this.#load());
    return sdk.handle(request, body, principal, extra);
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
