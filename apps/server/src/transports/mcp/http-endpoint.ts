/**
 * `/mcp`: plain requests of either era are answered by the fast path, all others by the SDK. The SDK is loaded with the
 * first request that needs it, so a server whose clients only call tools never loads it.
 */
import type { Principal } from '../../access/principal.ts';
import type { FastAnswer } from './fast-path/fast-path-answer.ts';
import { HttpFastPath, type McpPostRequest } from './fast-path/http-fast-path.ts';
import type { TransportExtra } from './handoff/request-extra.ts';
import type { SdkEndpoint, SdkEndpointOptions } from './sdk/sdk-endpoint.ts';
import { whenEnded } from './sdk/sessions/stream-end.ts';

export class McpHttpEndpoint {
  readonly #options: SdkEndpointOptions;
  readonly #fastPath: HttpFastPath;
  #loading: Promise<SdkEndpoint> | undefined;
  #sdk: SdkEndpoint | undefined;
  #answering = 0;

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

  /** Requests that the SDK is answering, without subscription streams: `close` would end them without their answers. */
  get answering(): number {
    return this.#answering;
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
    if (!awaitsAnswer(body)) return (this.#sdk ?? (await this.#load())).handle(request, body, principal, extra);
    this.#answering += 1;
    const ended = (): void => void (this.#answering -= 1);
    try {
      const sdk = this.#sdk ?? (await this.#load());
      let isWaiting = true;
      const isUnread = (): boolean => !isWaiting;
      const response = await sdk.handle(request, body, principal, { ...extra, isUnread });
      return whenEnded(response, ended, undefined, (waiting) => (isWaiting = waiting));
    } catch (error) {
      ended();
      throw error;
    }
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

/** A request that is not the opening of a stream that stays open. */
function awaitsAnswer(body: unknown): boolean {
  if (typeof body !== 'object' || body === null || !('id' in body) || !('method' in body)) return false;
  return body.method !== 'subscriptions/listen';
}
