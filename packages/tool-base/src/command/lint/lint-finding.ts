/** An `error` keeps the tool from loading; a `warning` is advice. */
export interface CommandToolFinding {
  readonly severity: 'error' | 'warning';
  /** Where in the declaration, e.g. `['flags', '-o']`. */
  readonly path: readonly string[];
  readonly message: string;
  /** What to do about it. */
  readonly suggestion: string;
}

export type Report = (
  severity: CommandToolFinding['severity'],
  path: readonly string[],
  message: string,
  suggestion: string,
) => void;
