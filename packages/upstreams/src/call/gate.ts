/** What all tools of one upstream share: how many calls may be on their way to it, and the breaker of its connection. */
import { CallSlot, Tool, ToolError, type ToolOptions } from '@mcp/tool-base';

import type { Clock } from '../clock.ts';
import type { UpstreamReport } from '../upstream-report.ts';
import { DEFAULT_CONCURRENCY, type UpstreamSettings } from '../upstream-options.ts';

const QUEUE_SIZE = 100;
const QUEUE_TIMEOUT_MS = 30_000;

export class Gate {
  /** Never called: it has the bulkhead and the breaker. */
  readonly tool: Tool;

  constructor(options: UpstreamSettings, clock: Clock) {
    const { key, concurrency = DEFAULT_CONCURRENCY, circuitBreaker, toolOptions } = options;
    const breaker: Pick<ToolOptions, 'breakerDefaults'> = { breakerDefaults: toolOptions?.breakerDefaults };
    this.tool = new Tool(
      {
        name: key,
        kind: 'upstream',
        description: `The upstream ${key}.`,
        input: { '~standard': { version: 1, vendor: '@mcp/upstreams', validate: (value) => ({ value }) } },
        inputJsonSchema: { type: 'object' },
        targets: [],
        settleMs: 0,
        limits: { concurrency, queue: { size: QUEUE_SIZE, timeoutMs: QUEUE_TIMEOUT_MS } },
        ...(circuitBreaker && { circuitBreaker }),
        available: () => ({ ok: true }),
        run: () => undefined,
      },
      { ...breaker, clock },
    );
  }

  report(): Pick<UpstreamReport, 'running' | 'queued' | 'circuitBreaker'> {
    const { running, queued } = this.tool;
    return { running, queued, circuitBreaker: this.tool.info().circuitBreaker.state };
  }

  /** @throws {ToolError} `circuit_breaker_open` or `resource_exhausted`, in words that name the upstream */
  async enter(caller: string, signal: AbortSignal): Promise<CallSlot> {
    try {
      return await CallSlot.acquire(this.tool, undefined, { caller, signal });
    } catch (error) {
      if (!(error instanceof ToolError) || error.type !== 'circuit_breaker_open') throw error;
      const { suggestion, retryAfterMs } = error;
      throw new ToolError(
        'circuit_breaker_open',
        retryAfterMs === undefined
          ? `The upstream ${this.tool.name} was switched off by an operator; do not retry.`
          : `The connection to the upstream ${this.tool.name} failed repeatedly; its circuit breaker is open.`,
        { suggestion, ...(retryAfterMs !== undefined && { retryAfterMs }) },
      );
    }
  }
}
