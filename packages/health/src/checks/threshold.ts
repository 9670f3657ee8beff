import type { CheckOutcome } from '../check-definition.ts';
import type { HealthStatus } from '../status.ts';

export interface ThresholdOptions {
  /** Above this the check is degraded, 0 to 100. @default 80 */
  readonly thresholdPercent?: number | undefined;
  /** Above this it is unhealthy, `thresholdPercent` to 100. @default never */
  readonly unhealthyPercent?: number | undefined;
}

/** @throws {RangeError} unless `value` lies from `low` to `high` */
export function within(check: string, option: string, value: number, low: number, high: number): number {
  if (Number.isFinite(value) && value >= low && value <= high) return value;
  throw new RangeError(`${check}: ${option} must be from ${low} to ${high}, got ${String(value)}`);
}

export class PercentThreshold {
  readonly #degradedAbove: number;
  readonly #unhealthyAbove: number;

  constructor(check: string, { thresholdPercent = 80, unhealthyPercent }: ThresholdOptions) {
    this.#degradedAbove = within(check, 'thresholdPercent', thresholdPercent, 0, 100);
    this.#unhealthyAbove =
      unhealthyPercent === undefined
        ? Infinity
        : within(check, 'unhealthyPercent', unhealthyPercent, thresholdPercent, 100);
  }

  /** A value equal to the threshold is within it. NaN and infinity are unknown. */
  statusOf(percent: number): HealthStatus {
    if (!Number.isFinite(percent)) return 'unknown';
    if (percent > this.#unhealthyAbove) return 'unhealthy';
    return percent > this.#degradedAbove ? 'degraded' : 'healthy';
  }

  outcome(label: string, percent: number): CheckOutcome {
    const status = this.statusOf(percent);
    const observedValue = Math.round(percent * 10) / 10;
    const limit = status === 'unhealthy' ? this.#unhealthyAbove : this.#degradedAbove;
    const relation = status === 'healthy' ? 'within' : 'over';
    return {
      status,
      observedValue,
      observedUnit: 'percent',
      message: `${label} ${observedValue} %, ${relation} ${limit} %`,
    };
  }
}
