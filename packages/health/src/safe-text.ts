const MAX_LENGTH = 500;

/** Credentials in URLs, authorization values, and `password=...`-like pairs. */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\/\/[^\s/@]+@/g, '//***@'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, '$1 ***'],
  [/\b(pass(?:word|wd)?|secret|token|api[-_]?key|authorization)(["']?\s*[=:]\s*["']?)[^\s"',;&]+/gi, '$1$2***'],
];

// Control and format characters: line breaks, escapes, and the marks that reorder or hide text in a terminal or a log.
const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/** Text from outside, made fit for a log line and an operator's page: one line, at most 500 characters, obvious secrets masked. */
export function safeText(text: string): string {
  // Cut first so that the expressions below never see more than a bounded text.
  let safe = text
    .slice(0, MAX_LENGTH * 4)
    .replace(CONTROLS, ' ')
    .trim();
  for (const [pattern, mask] of SECRETS) safe = safe.replace(pattern, mask);
  return safe.length > MAX_LENGTH ? `${safe.slice(0, MAX_LENGTH - 1)}…` : safe;
}

/** One line that says what went wrong. System errors are reduced to code and call: their messages carry paths. */
export function describeError(error: unknown): string {
  try {
    if (!(error instanceof Error)) return safeText(String(error)) || 'an empty value was thrown';
    const { code, syscall } = error as { code?: unknown; syscall?: unknown };
    if (typeof code === 'string' && typeof syscall === 'string') {
      // The call of a failed start is `spawn` and the path of the program: only its first word is kept.
      return safeText(`${code} (${syscall.split(' ', 1)[0]})`);
    }
    return (
      safeText(error.message) || safeText(typeof code === 'string' ? code : error.name) || 'an error without a message'
    );
  } catch {
    return 'a value that cannot be shown was thrown';
  }
}
