/**
 * @mcp/circuit-breaker. state.ts shows the whole state machine. A name added here becomes public API.
 */

export { CircuitBreaker, type ExecuteOptions } from './circuit-breaker.ts';
export type {
  CircuitBreakerOptions,
  CountWindowOptions,
  RateOptions,
  SlidingWindow,
  TimeWindowOptions,
  TripOptions,
} from './options.ts';
export type { Permit } from './permit.ts';
export type { CircuitState, ForcedState } from './state.ts';
export { CircuitOpenError, isCircuitOpenError, type RejectionReason } from './errors.ts';

export type { CircuitBreakerEvents, IgnoredReason } from './events.ts';
export type { CircuitBreakerStats } from './statistics.ts';
export type { CircuitBreakerConfiguration, SlidingWindowConfiguration } from './configuration.ts';
export type { RecordedError, Transition } from './failure-stats.ts';
export type { CircuitBreakerSnapshot } from './saved-state.ts';
export type { SavedWindow, WindowCounts } from './failure-window.ts';

export {
  CircuitBreakerRegistry,
  type BreakerDefaults,
  type BreakerOverrides,
  type CircuitBreakerRegistryEvents,
  type CircuitBreakerRegistryOptions,
} from './registry.ts';

export { systemClock, type BreakerClock, type Clock } from './clock.ts';
