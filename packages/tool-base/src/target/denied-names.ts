/** The addresses of the host names on a denied list: what is denied by name is denied by address and by alias too. */

import { systemClock, type Clock } from '../clock.ts';
import { ToolError } from '../result/tool-error.ts';
import type { AddressRange } from './address-set.ts';
import { readAddress } from './address.ts';
import type { HostLookups } from './host-lookups.ts';

/** How long addresses are used before the names are looked up again. */
const MAX_AGE_MS = 60_000;
/** Its look-ups share a queue of their own, apart from those of callers. */
const CALLER = ' denied names';

export class DeniedNames {
  readonly #hosts: readonly string[];
  readonly #lookups: HostLookups;
  readonly #clock: Clock;
  readonly #known = new Map<string, readonly AddressRange[]>();
  #validUntil = 0;
  #refreshing: Promise<void> | undefined;

  constructor(hosts: Iterable<string>, lookups: HostLookups, clock: Clock = systemClock) {
    this.#hosts = [...hosts];
    this.#lookups = lookups;
    this.#clock = clock;
  }

  get isEmpty(): boolean {
    return this.#hosts.length === 0;
  }

  /**
   * Addresses of all names, at most a minute old. Where a name cannot be resolved, its last addresses go on counting.
   * @throws {ToolError} `tool_error` when a name could not be resolved yet, since then nothing can be allowed safely
   */
  async addresses(): Promise<readonly AddressRange[]> {
    if (this.#clock.monotonicMs() >= this.#validUntil) {
      this.#refreshing ??= this.#refresh().finally(() => {
        this.#refreshing = undefined;
      });
      await this.#refreshing;
    }
    return [...this.#known.values()].flat();
  }

  async #refresh(): Promise<void> {
    for (const host of this.#hosts) {
      try {
        const answers = await this.#lookups.resolve(host, { caller: CALLER });
        this.#known.set(
          host,
          answers.map(readAddress).filter((range) => range !== undefined),
        );
      } catch (error) {
        if (error instanceof ToolError && error.type === 'validation_error') this.#known.set(host, []);
        else if (!this.#known.has(host)) throw cannotCheck(error);
      }
    }
    this.#validUntil = this.#clock.monotonicMs() + MAX_AGE_MS;
  }
}

function cannotCheck(cause: unknown): ToolError {
  return new ToolError(
    'tool_error',
    'A host name on the denied list could not be resolved, so no target can be checked.',
    {
      suggestion: 'Try again later; ask the operator to check the name service or the denied list.',
      cause,
    },
  );
}
