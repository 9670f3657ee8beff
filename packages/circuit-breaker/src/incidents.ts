/** One remembered failure: text only, never the error itself, which could keep a request or a socket alive. */
export interface RecordedError {
  /** At most 64 characters. */
  readonly name: string;
  /** At most 256 characters. */
  readonly message: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
}

export type Transition = 'closed->open' | 'open->half_open' | 'open->closed' | 'half_open->open' | 'half_open->closed';

const RECENT = 10;
const MOST_TYPES = 20;
const OTHER_TYPES = 'other';
const LONGEST_NAME = 64;
const LONGEST_MESSAGE = 256;

function clip(value: unknown, longest: number): string {
  const text = String(value);
  // The detour through a new string matters: a bare slice keeps the whole original alive.
  return text.length > longest ? ` ${text.slice(0, longest)}`.slice(1) : text;
}

/** Errors are foreign objects: reading one may throw, and must not. */
function describe(error: unknown): { name: string; message: string } {
  try {
    const type = typeof error;
    const { name = type, message = error } = Object(error) as Partial<Error>;
    return { name: clip(name, LONGEST_NAME), message: clip(message, LONGEST_MESSAGE) };
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

/** What is counted of everything but plain successes. A breaker that only ever succeeds has none; its size is fixed. */
export class Incidents {
  failures = 0;
  rejected = 0;
  ignored = 0;
  stale = 0;
  slow = 0;
  /** Milliseconds since the Unix epoch; null = never. */
  changedAt: number | null = null;
  transitions: Readonly<Record<Transition, number>> = NO_TRANSITIONS;
  readonly recent: RecordedError[] = [];
  readonly reasons: Map<string, number> = new Map();

  failed(error: unknown, at: number): void {
    const { name, message } = describe(error);
    this.failures++;
    if (this.recent.push({ name, message, at }) > RECENT) this.recent.shift();
    const reason = this.reasons.has(name) || this.reasons.size < MOST_TYPES ? name : OTHER_TYPES;
    this.reasons.set(reason, (this.reasons.get(reason) ?? 0) + 1);
  }

  changed(transition: Transition, at: number): void {
    this.changedAt = at;
    this.transitions = { ...this.transitions, [transition]: this.transitions[transition] + 1 };
  }
}
