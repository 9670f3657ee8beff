/** What the numbers in a tool's declaration may be. One definition, for this package and for the configuration of a server. */

/** Both ends are included. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
}

/** Ranges of `ToolLimits`; times in milliseconds. */
export const LIMIT_RANGES: {
  readonly timeoutMs: NumberRange;
  readonly concurrency: NumberRange;
  readonly queueSize: NumberRange;
  readonly queueTimeoutMs: NumberRange;
  readonly maxOutputBytes: NumberRange;
} = {
  timeoutMs: { min: 1, max: 3_600_000 },
  concurrency: { min: 1, max: 1000 },
  queueSize: { min: 0, max: 10_000 },
  queueTimeoutMs: { min: 1, max: 3_600_000 },
  maxOutputBytes: { min: 1, max: 10_485_760 },
};

/** Longest description of a tool, in UTF-16 code units. */
export const MAX_DESCRIPTION_LENGTH = 4096;

/** Longest title of a tool, in UTF-16 code units. */
export const MAX_TITLE_LENGTH = 128;

/** Longest `extraArgs`, and longest value of a text parameter, in bytes. */
export const MAX_ARGUMENT_BYTES = 10_240;

/** Longest value of a text parameter of several lines, in characters; what a program reads from stdin is at most 1 MiB. */
export const MAX_LINES_LENGTH = 262_144;

/** Longest pause between SIGTERM and SIGKILL, in milliseconds. */
export const MAX_GRACE_MS = 60_000;

/** Most targets that can have a breaker of their own. */
export const MAX_BREAKER_TARGETS = 10_000;
