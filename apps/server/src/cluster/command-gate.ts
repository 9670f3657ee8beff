import { CircuitBreaker } from '@mcp/circuit-breaker';

import type { Clock } from '../foundation/clock.ts';

export class EngineDownError extends Error {
  override readonly name = 'EngineDownError';
}

export interface CommandGateOptions {
  readonly clock: Clock;
  /** A command has failed or was too late. */
  readonly onFailure: () => void;
  /** Three commands in a row have failed or were too late. */
  readonly onOpen: (error: unknown) => void;
}

/** Every command of a caller goes through it. It is closed by hand: no caller's command is a probe. */
export class CommandGate {
  readonly #options: CommandGateOptions;
  readonly #breaker: CircuitBreaker;
  #failures = 0;
  #latencyMs: number | undefined;

  constructor(options: CommandGateOptions) {
    this.#options = options;
    this.#breaker = new CircuitBreaker({ name: 'cluster engine', failureThreshold: 3, clock: options.clock });
  }

  /** Commands that failed or were too late. */
  get failures(): number {
    return this.#failures;
  }

  /** Of the last command that succeeded. */
  get latencyMs(): number | undefined {
    return this.#latencyMs;
  }

  async run<T>(command: () => Promise<T>): Promise<T> {
    const { clock, onFailure, onOpen } = this.#options;
    const startedMs = clock.monotonicMs();
    try {
      const result = await this.#breaker.execute(command);
      this.#latencyMs = clock.monotonicMs() - startedMs;
      return result;
    } catch (error) {
      this.#failures += 1;
      onFailure();
      if (this.#breaker.state !== 'closed') onOpen(error);
      throw error;
    }
  }

  reset(): void {
    this.#breaker.reset('the engine answers');
  }
}
