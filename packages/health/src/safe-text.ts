import { HIDDEN } from './hidden-characters.ts';

const MAX_LENGTH = 500;

/** Credentials in URLs, authorization values, and `password=...`-like pairs. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\/\/[^\s/@]+@/g, '//***@'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, '$1 ***'],
  [/\b(pass(?:word|wd)?|secret|token|api[-_]?key|authorization)(["']?\s*[=:]\s*["']?)[^\s"',;&]+/gi, '$1$2***'],
];

/** Untrusted text for a log line or an operator's page: one line, at most 500 characters, common secret patterns masked. */
export function safeText(text: string): string {
  // Cut first, so that the expressions below work on a bounded text.
  let safe = text
    .slice(0, MAX_LENGTH * 4)
    .replaceAll(HIDDEN, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  for (const [pattern, mask] of SECRETS) safe = safe.replace(pattern, mask);
  return safe.length > MAX_LENGTH ? `${safe.slice(0, MAX_LENGTH - 1)}…` : safe;
}

/** An error as one line. System errors are reduced to code and system call, since their messages contain paths. */
export function describeError(error: unknown): string {
  try {
    if (!(error instanceof Error)) return safeText(String(error)) || 'an empty value was thrown';
    const { code, syscall } = error as { code?: unknown; syscall?: unknown };
    if (typeof code === 'string' && typeof syscall === 'string') {
      // The system call of a failed start is `spawn` and the path of the program; only the first word is kept.
      return safeText(`${code} (${syscall.split(' ', 1)[0]})`);
    }
    return (
      safeText(error.message) || safeText(typeof code === 'string' ? code : error.name) || 'an error without a message'
    );
  } catch {
    return 'a value that cannot be shown was thrown';
  }
}
