import {
  noRateLimit,
  type ConfigurableRateLimiter,
  type RateLimitDecision,
  type RateLimiter,
  type RateLimitKey,
  type RateLimits,
} from './rate-limiter.ts';

export interface ConfiguredRateLimits {
  /** Of the tools that have none of their own; absent where they have no limit. */
  readonly general?: RateLimits | undefined;
  /** By the name of the tool. */
  readonly tools: ReadonlyMap<string, RateLimits>;
}

/** The limits of all tools: one for most, and one of its own for a tool that declares it. */
export class ToolRateLimits implements RateLimiter {
  readonly #make: (limits: RateLimits) => ConfigurableRateLimiter;
  readonly #general: ConfigurableRateLimiter | undefined;
  readonly #own = new Map<string, ConfigurableRateLimiter>();
  #configured: ConfiguredRateLimits;

  /** @throws {RangeError} when a limit is out of range */
  constructor(configured: ConfiguredRateLimits, make: (limits: RateLimits) => ConfigurableRateLimiter) {
    this.#make = make;
    this.#general = configured.general && make(configured.general);
    this.#configured = configured;
    this.#configureOwn(configured.tools);
  }

  take(key: RateLimitKey): RateLimitDecision | Promise<RateLimitDecision> {
    return (this.#own.get(key.tool) ?? this.#general ?? noRateLimit).take(key);
  }

  /** @returns undefined when calls of the tool are not limited */
  limitsOf(tool: string): RateLimits | undefined {
    const { general, tools } = this.#configured;
    return tools.get(tool) ?? general;
  }

  /** A tool that keeps a limit of its own keeps what its callers have used of it. */
  configure(configured: ConfiguredRateLimits): void {
    if (configured.general) this.#general?.configure(configured.general);
    this.#configureOwn(configured.tools);
    this.#configured = configured;
  }

  #configureOwn(tools: ReadonlyMap<string, RateLimits>): void {
    for (const name of this.#own.keys()) if (!tools.has(name)) this.#own.delete(name);
    for (const [name, limits] of tools) {
      const known = this.#own.get(name);
      if (known === undefined) this.#own.set(name, this.#make(limits));
      else known.configure(limits);
    }
  }
}
