/** What the doctor found out about one thing. `advice` is for the operator to weigh; a `problem` is to be mended. */
export interface Finding {
  readonly level: 'ok' | 'advice' | 'problem';
  /** What was looked at, in a word or two: stable, so that a script can pick it out of `--json`. */
  readonly check: string;
  readonly message: string;
  /** What to do about it; absent where nothing is. */
  readonly action?: string;
}

export function ok(check: string, message: string): Finding {
  return { level: 'ok', check, message };
}

export function advice(check: string, message: string, action: string): Finding {
  return { level: 'advice', check, message, action };
}

export function problem(check: string, message: string, action: string): Finding {
  return { level: 'problem', check, message, action };
}
