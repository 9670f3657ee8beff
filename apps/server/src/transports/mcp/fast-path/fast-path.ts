/**
 * The fast path: common requests are answered without a protocol instance and with one serialisation.
 *
 *   recognise -> cached result, or make it              tools/list, server/discover, ping
 *             -> look a job up                           tasks/get, resources/read of kept output
 *             -> begin a call -> answer it, or defer it  tools/call
 *
 * It is independent of the transport; `HttpFastPath` and `StdioFastPath` adapt it. It decides nothing of its own: a request that it does
 * not recognise goes to the SDK, results are those that the SDK would give, and a call that needs more than a plain answer
 * is deferred to the SDK while it runs.
 */
import { sanitizeText } from '@mcp/tool-base';

import type { Principal } from '../../../access/principal.ts';
import { isOutputAddress, readOutput } from '../../../catalog/execution-resources.ts';
import { EXECUTION_STATUS } from '../../../tools/execution-tool-names.ts';
import { BoundedMap } from '../protocol/bounded-map.ts';
import type { JsonObject } from '../protocol/json-object.ts';
import { serverInfo, type ProtocolDependencies } from '../protocol/protocol-dependencies.ts';
import { cacheableResult } from './cacheable-result.ts';
import { FastCall, type FastCallClient, type FastCallDependencies, type FastCallHandlers } from './fast-call.ts';
import {
  readFastRequest,
  type CacheableRequest,
  type FastLookup,
  type FastRequest,
  type FastResourceRead,
  type FastTaskGet,
  type FastToolCall,
  type RequestHeaders,
} from './fast-path-request.ts';
import { READ_CACHE_HINT } from '../protocol/server-capabilities.ts';
import { detailedTask } from '../protocol/task.ts';
import { modernResultSuffix } from './result-text.ts';

const MAX_CACHED_RESULTS = 64;

export class FastPath {
  readonly #dependencies: ProtocolDependencies;
  readonly #callDependencies: FastCallDependencies;
  /** The last members of a result of `resources/read`, with the closing brace. */
  readonly #modernPageSuffix: string;
  readonly #cachedResults = new BoundedMap<string, string>(MAX_CACHED_RESULTS);

  constructor(dependencies: ProtocolDependencies) {
    this.#dependencies = dependencies;
    const { gateway, version } = dependencies;
    const modernSuffix = modernResultSuffix(serverInfo(version));
    this.#callDependencies = { gateway, modernSuffix };
    const hint = JSON.stringify(READ_CACHE_HINT).slice(1, -1);
    this.#modernPageSuffix = `,${hint}${modernSuffix(undefined)}`;
  }

  /**
   * @param headers of the POST; `undefined` over stdio
   * @param message from `readEnvelope`
   * @returns undefined for a request that the SDK must answer
   */
  recognise(headers: RequestHeaders | undefined, message: JsonObject, principal: Principal): FastRequest | undefined {
    const request = readFastRequest(headers, message);
    if (request?.method === 'resources/read') return this.#isKeptOutput(request, principal) ? request : undefined;
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
  lookUp(request: FastLookup, principal: Principal): Promise<string | undefined> {
    const result = request.method === 'tasks/get' ? this.#task(request, principal) : this.#page(request, principal);
    return result.catch(() => undefined);
  }

  /**
   * Starts a call. Exactly one of the handlers is called, once, after this has returned.
   *
   * @param client what it can be asked for, and where the call comes from
   */
  begin(request: FastToolCall, principal: Principal, client: FastCallClient, handlers: FastCallHandlers): FastCall {
    return new FastCall(request, principal, client, handlers, this.#callDependencies);
  }

  async #task({ taskId, client }: FastTaskGet, principal: Principal): Promise<string | undefined> {
    const { jobs, gateway } = this.#dependencies;
    const job = await jobs.calls.find(taskId, principal);
    if (!job) return undefined;
    const task = detailedTask(job, gateway, client);
    return JSON.stringify(task).slice(0, -1) + this.#callDependencies.modernSuffix(undefined);
  }

  /** Other resources are not looked at: one of a module or an upstream may have any address. */
  #isKeptOutput({ uri }: FastResourceRead, principal: Principal): boolean {
    if (!isOutputAddress(uri)) return false;
    const { resources, offeredResources } = this.#dependencies;
    if (resources.some((resource) => 'uri' in resource && resource.uri === uri)) return false;
    return offeredResources?.find(uri, principal) === undefined;
  }

  async #page({ uri, era }: FastResourceRead, principal: Principal): Promise<string | undefined> {
    const contents = await readOutput(this.#dependencies.jobs.calls, principal, uri);
    if (!contents) return undefined;
    const clean = 'text' in contents ? { ...contents, text: sanitizeText(contents.text).text } : contents;
    const suffix = era === 'legacy' ? '}' : this.#modernPageSuffix;
    return `{"contents":[${JSON.stringify(clean)}]${suffix}`;
  }
}
