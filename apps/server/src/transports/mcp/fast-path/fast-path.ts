/**
 * The fast path: common requests are answered without a protocol instance and with one serialisation.
 *
 *   recognise -> cached result, or make it              tools/list, server/discover, ping
 *             -> look a job up                           tasks/get
 *             -> begin a call -> answer it, or defer it  tools/call
 *
 * It is independent of the transport; `HttpFastPath` and `StdioFastPath` adapt it. It decides nothing of its own: a request that it does
 * not recognise goes to the SDK, results are those that the SDK would give, and a call that needs more than a plain answer
 * is deferred to the SDK while it runs.
 */
import type { Principal } from '../../../access/principal.ts';
import { EXECUTION_STATUS } from '../../../tools/execution-tool-names.ts';
import { BoundedMap } from '../protocol/bounded-map.ts';
import type { JsonObject } from '../protocol/json-object.ts';
import { serverInfo, type ProtocolDependencies } from '../protocol/protocol-dependencies.ts';
import { cacheableResult } from './cacheable-result.ts';
import { FastCall, type FastCallClient, type FastCallDependencies, type FastCallHandlers } from './fast-call.ts';
import {
  readFastRequest,
  type CacheableRequest,
  type FastRequest,
  type FastTaskGet,
  type FastToolCall,
  type RequestHeaders,
} from './fast-path-request.ts';
import { detailedTask } from '../protocol/task.ts';
import { modernResultSuffix } from './result-text.ts';

const MAX_CACHED_RESULTS = 64;

export class FastPath {
  readonly #dependencies: ProtocolDependencies;
  readonly #callDependencies: FastCallDependencies;
  readonly #cachedResults = new BoundedMap<string, string>(MAX_CACHED_RESULTS);

  constructor(dependencies: ProtocolDependencies) {
    this.#dependencies = dependencies;
    const { gateway, version } = dependencies;
    this.#callDependencies = { gateway, modernSuffix: modernResultSuffix(serverInfo(version)) };
  }

  /**
   * @param headers of the POST; `undefined` over stdio
   * @param message from `readEnvelope`
   * @returns undefined for a request that the SDK must answer
   */
  recognise(headers: RequestHeaders | undefined, message: JsonObject, principal: Principal): FastRequest | undefined {
    const request = readFastRequest(headers, message);
    if (request?.method !== 'tools/call') return request;
    const { gateway, listing } = this.#dependencies;
    const tool = gateway.toolOf(request.name, request.arguments);
    // What becomes of a job, and whether it asks its user, depends on what its client can do.
    if (tool?.job !== undefined || tool?.name === EXECUTION_STATUS) return undefined;
    if (headers === undefined) return request;
    // Few tools want arguments repeated in headers; the SDK compares them.
    return listing.headerSchema(request.name, principal) === undefined ? request : undefined;
  }

  /** Everything that the result depends on: what the client declares, the registry, the scopes of the caller, the configuration. */
  cacheKey({ method, era, hasTasks }: CacheableRequest, { scopes }: Principal): string {
    const { gateway, instructions } = this.#dependencies;
    const text = method === 'server/discover' ? instructions() : '';
    return `${method} ${era} ${hasTasks} ${gateway.registry.version} ${scopes.join(' ')}\n${text}`;
  }

  /** @returns the member `result` as JSON; undefined where the SDK must answer, whose result can then be cached */
  cacheableResult(key: string, request: CacheableRequest, principal: Principal): string | undefined {
    const cached = this.#cachedResults.get(key);
    if (cached !== undefined) return cached;
    const result = cacheableResult(request, principal, this.#dependencies);
    if (result !== undefined) this.#cachedResults.set(key, result);
    return result;
  }

  /** @param result the member `result` of the SDK's response, as JSON */
  cache(key: string, result: string): void {
    this.#cachedResults.set(key, result);
  }

  /** @returns the member `result` as JSON; undefined where the SDK says what is wrong */
  async task({ taskId, client }: FastTaskGet, principal: Principal): Promise<string | undefined> {
    const { jobs, gateway } = this.#dependencies;
    const job = await jobs.calls.find(taskId, principal).catch(() => undefined);
    if (!job) return undefined;
    const task = detailedTask(job, gateway, client);
    return JSON.stringify(task).slice(0, -1) + this.#callDependencies.modernSuffix(undefined);
  }

  /**
   * Starts a call. Exactly one of the handlers is called, once, after this has returned.
   *
   * @param client what it can be asked for, and where the call comes from
   */
  begin(request: FastToolCall, principal: Principal, client: FastCallClient, handlers: FastCallHandlers): FastCall {
    return new FastCall(request, principal, client, handlers, this.#callDependencies);
  }
}
