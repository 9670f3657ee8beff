/**
 * Requests of callers for the prompts and resources of upstreams, under the limits that calls of tools are under, and in the same
 * audit log:
 *
 *   concurrency limit -> rate limit -> the request -> audit
 */
import { randomUUID } from 'node:crypto';

import { REJECTION_TYPES, ToolError, type ErrorType } from '@mcp/tool-base';

import type { CallLimit } from '../calls/call-limit.ts';
import { overloaded, tooMany } from '../calls/rejections.ts';
import type { CatalogReader } from '../catalog/catalog-reader.ts';
import { systemClock, type Clock } from '../foundation/clock.ts';
import type { AuditedUpstream } from '../observability/audit/audit-entry.ts';
import type { AuditTrail } from '../observability/audit/audit-trail.ts';
import type { RateLimiter } from '../rate-limit/rate-limiter.ts';

export interface UpstreamRequestsOptions {
  readonly audit: Pick<AuditTrail, 'record'>;
  readonly rateLimiter: RateLimiter;
  readonly limit: CallLimit;
  readonly clock?: Clock;
}

export interface CatalogRequest {
  /** The name or address that clients use, as the audit log has it. */
  readonly name: string;
  /** What is limited: clients can make up addresses, and each of them must not have a limit of its own. */
  readonly limitedAs: string;
  readonly upstream: AuditedUpstream & { readonly request: NonNullable<AuditedUpstream['request']> };
  readonly arguments: unknown;
  readonly reader: CatalogReader;
}

const rejections: ReadonlySet<ErrorType> = new Set(REJECTION_TYPES);

export class UpstreamRequests {
  readonly #options: Required<UpstreamRequestsOptions>;

  constructor({ clock = systemClock, ...options }: UpstreamRequestsOptions) {
    this.#options = { ...options, clock };
  }

  /** @throws {ToolError} in words for the caller, or what `ask` throws */
  async make<T>(request: CatalogRequest, ask: () => Promise<T>): Promise<T> {
    const { clock, limit } = this.#options;
    const caller = request.reader.principal.name;
    const startedMs = clock.monotonicMs();
    if (!limit.tryEnter(caller)) {
      limit.shed += 1;
      const rejected = overloaded(limit);
      this.#record(request, 0, 0, rejected);
      throw rejected;
    }
    try {
      await this.#takeFromRate(request);
      const result = await ask();
      this.#record(request, clock.monotonicMs() - startedMs, Buffer.byteLength(JSON.stringify(result)));
      return result;
    } catch (error) {
      this.#record(request, clock.monotonicMs() - startedMs, 0, error);
      throw error;
    } finally {
      limit.leave(caller);
    }
  }

  /** @throws {ToolError} */
  async #takeFromRate({ limitedAs, upstream, reader }: CatalogRequest): Promise<void> {
    const tool = `${upstream.request} ${limitedAs}`;
    const decision = await this.#options.rateLimiter.take({ caller: reader.principal.name, tool });
    if (!decision.allowed) throw tooMany(`requests for ${limitedAs}`, decision.retryAfterMs);
  }

  #record(
    { name, upstream, reader, ...request }: CatalogRequest,
    durationMs: number,
    bytes: number,
    error?: unknown,
  ): void {
    const { principal, origin } = reader;
    const failure = error instanceof ToolError ? error : undefined;
    const isRefused = failure !== undefined && rejections.has(failure.type);
    this.#options.audit.record({
      correlationId: randomUUID(),
      tool: name,
      caller: principal.name,
      keyName: principal.keyName,
      address: origin?.address,
      client: origin?.client,
      decision: isRefused ? 'refused' : 'allowed',
      outcome: error === undefined ? 'success' : (failure?.type ?? 'internal_error'),
      message: failure?.message,
      durationMs,
      queueMs: 0,
      outputBytes: bytes,
      upstream: isRefused ? undefined : upstream,
      arguments: request.arguments,
    });
  }
}
