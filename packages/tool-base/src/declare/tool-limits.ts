import { LIMIT_RANGES, type NumberRange } from './limit-ranges.ts';
import { ToolDefinitionError } from '../result/tool-error.ts';

export interface ToolLimits {
  /** Longest run, in milliseconds; the time in the queue is not part of it. 1 to 3 600 000. */
  readonly timeoutMs: number;
  /** Runs at the same time, 1 to 1000. */
  readonly concurrency: number;
  /**
   * Calls that may wait (0 to 10 000), and how long each, in milliseconds (1 to 3 600 000). As many calls again may wait behind a full
   * queue for up to a second.
   */
  readonly queue: { readonly size: number; readonly timeoutMs: number };
  /** Bytes of text and JSON in a result, 1 to 10 485 760. Of longer text the middle is left out; longer JSON is an error. */
  readonly maxOutputBytes: number;
  /**
   * Bytes read of a program, which is ended at the next one, and bytes of images, audio and resources of a function: 1 to 10 485 760.
   * `maxOutputBytes` above it raises it.
   */
  readonly maxReadBytes: number;
}

export interface PartialToolLimits {
  readonly timeoutMs?: number | undefined;
  readonly concurrency?: number | undefined;
  readonly queue?: { readonly size?: number | undefined; readonly timeoutMs?: number | undefined } | undefined;
  readonly maxOutputBytes?: number | undefined;
  readonly maxReadBytes?: number | undefined;
}

/** What no tool may exceed; a tool that asks for more does not load. */
export interface LimitCeilings {
  readonly timeoutMs?: number | undefined;
  readonly concurrency?: number | undefined;
  readonly maxOutputBytes?: number | undefined;
}

/** Limits of a tool that declares none, where the server sets no defaults either. */
export const DEFAULT_LIMITS: ToolLimits = {
  timeoutMs: 300_000,
  concurrency: 2,
  queue: { size: 20, timeoutMs: 30_000 },
  maxOutputBytes: 32_768,
  maxReadBytes: 1_048_576,
};

/** The tool's own value, else the default; then held against the ranges and the ceilings. */
export function resolveLimits(
  tool: string,
  own: PartialToolLimits,
  defaults: PartialToolLimits,
  ceilings: LimitCeilings,
): ToolLimits {
  const maxOutputBytes = own.maxOutputBytes ?? defaults.maxOutputBytes ?? DEFAULT_LIMITS.maxOutputBytes;
  const maxReadBytes = own.maxReadBytes ?? defaults.maxReadBytes ?? DEFAULT_LIMITS.maxReadBytes;
  const limits: ToolLimits = {
    timeoutMs: own.timeoutMs ?? defaults.timeoutMs ?? DEFAULT_LIMITS.timeoutMs,
    concurrency: own.concurrency ?? defaults.concurrency ?? DEFAULT_LIMITS.concurrency,
    queue: {
      size: own.queue?.size ?? defaults.queue?.size ?? DEFAULT_LIMITS.queue.size,
      timeoutMs: own.queue?.timeoutMs ?? defaults.queue?.timeoutMs ?? DEFAULT_LIMITS.queue.timeoutMs,
    },
    maxOutputBytes,
    maxReadBytes:
      own.maxReadBytes ?? Math.max(maxOutputBytes, Math.min(maxReadBytes, ceilings.maxOutputBytes ?? Infinity)),
  };
  const problems = [
    problemWith('timeoutMs', limits.timeoutMs, LIMIT_RANGES.timeoutMs, ceilings.timeoutMs),
    problemWith('concurrency', limits.concurrency, LIMIT_RANGES.concurrency, ceilings.concurrency),
    problemWith('queue.size', limits.queue.size, LIMIT_RANGES.queueSize),
    problemWith('queue.timeoutMs', limits.queue.timeoutMs, LIMIT_RANGES.queueTimeoutMs),
    problemWith('maxOutputBytes', limits.maxOutputBytes, LIMIT_RANGES.maxOutputBytes, ceilings.maxOutputBytes),
    problemWith('maxReadBytes', limits.maxReadBytes, LIMIT_RANGES.maxOutputBytes, ceilings.maxOutputBytes),
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw new ToolDefinitionError(tool, problems);
  return limits;
}

function problemWith(name: string, value: number, { min, max }: NumberRange, ceiling?: number): string | undefined {
  if (!Number.isSafeInteger(value) || value < min || value > max) {
    return `${name} must be a whole number from ${min} to ${max}, not ${String(value)}.`;
  }
  if (ceiling === undefined || value <= ceiling) return undefined;
  return `${name} is ${value}, above the server's ceiling of ${ceiling}; lower it or raise the ceiling.`;
}
