/** The result of one check. A `problem` keeps the server or a tool from working; a `warning` needs a decision of the operator. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'problem';
  /** The subject of the check in a word or two; stable, so that a script can select it from `--json`. */
  readonly check: string;
  readonly message: string;
  /** What to do about it; absent when there is nothing to do. */
  readonly action?: string;
}

export function ok(check: string, message: string): Finding {
  return { level: 'ok', check, message };
}

export function warning(check: string, message: string, action: string): Finding {
  return { level: 'warning', check, message, action };
}

export function problem(check: string, message: string, action: string): Finding {
  return { level: 'problem', check, message, action };
}
