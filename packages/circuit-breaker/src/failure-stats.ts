/** One recorded failure. Text only: the error object itself could keep a request or a socket in memory. */
export interface RecordedError {
  /** At most 64 characters. */
  readonly name: string;
  /** At most 256 characters. */
  readonly message: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

export type Transition = 'closed->open' | 'open->half_open' | 'open->closed' | 'half_open->open' | 'half_open->closed';

const MAX_RECENT_ERRORS = 10;
const MAX_REASONS = 20;
const OTHER_REASONS = 'other';
const MAX_NAME_LENGTH = 64;
const MAX_MESSAGE_LENGTH = 256;

function truncate(value: unknown, maxLength: number): string {
  const text = String(value);
  // Concatenation makes a new string: a plain slice would keep the whole original in memory.
  return text.length > maxLength ? ` ${text.slice(0, maxLength)}`.slice(1) : text;
}

/** Anything can be thrown, and reading a member of it may throw too. */
function describe(error: unknown): { name: string; message: string } {
  try {
    const type = typeof error;
    const { name = type, message = error } = Object(error) as Partial<Error>;
    return { name: truncate(name, MAX_NAME_LENGTH), message: truncate(message, MAX_MESSAGE_LENGTH) };
  } catch {
    return { name: 'unreadable', message: '' };
  }
}

const NO_TRANSITIONS: Readonly<Record<Transition, number>> = {
  'closed->open': 0,
  'open->half_open': 0,
  'open->closed': 0,
  'half_open->open': 0,
  'half_open->closed': 0,
};

/** Everything that is counted except calls and successes; made at the first event. Its size is bounded. */
export class FailureStats {
  failures = 0;
  rejected = 0;
  ignored = 0;
  stale = 0;
  slow = 0;
  /** Milliseconds since the Unix epoch; null = never. */
  changedAt: number | null = null;
  transitions: Readonly<Record<Transition, number>> = NO_TRANSITIONS;
  readonly recentErrors: RecordedError[] = [];
  readonly reasons: Map<string, number> = new Map();

  recordFailure(error: unknown, at: number): void {
    const { name, message } = describe(error);
    this.failures++;
    if (this.recentErrors.push({ name, message, at }) > MAX_RECENT_ERRORS) this.recentErrors.shift();
    const reason = this.reasons.has(name) || this.reasons.size < MAX_REASONS ? name : OTHER_REASONS;
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
  }

  recordTransition(transition: Transition, at: number): void {
    this.changedAt = at;
    this.transitions = { ...this.transitions, [transition]: this.transitions[transition] + 1 };
  }
}
