/**
 * Texts that another program should have changed before they came here: variables that were not expanded, quotes that were
 * not removed. Taken as they are, they would name folders called `~` or be keys that everybody knows.
 */

/** A reason to reject a text. Neither sentence quotes the text, which may be a secret. */
export interface TextProblem {
  readonly rule: string;
  /** Follows the key: `security.apiKey is in quotes`. */
  readonly message: string;
  readonly suggestion: string;
}

const placeholder = /\$\{[^{}]*\}|\$\([^()]*\)|\{\{.*\}\}/;
const wholeVariable = /^(?:\$[A-Z_][A-Z0-9_]*|%[A-Za-z_]\w*%)$/;
const partOfPath = /(?:^|[\\/:])(?:\$[A-Za-z_]\w*|%[A-Za-z_]\w*%)(?:[\\/]|$)/;
const quotes = /^(["'`]).*\1$/s;

/** The problem of a secret: a placeholder anywhere in it, a variable as the whole of it, or quotes around it. */
export function secretProblem(text: string): TextProblem | undefined {
  if (placeholder.test(text) || wholeVariable.test(text)) return unexpanded;
  return text.length > 1 && quotes.test(text) ? surroundingQuotes : undefined;
}

/** The problem of a path: as of a secret, with a variable as any part of it, or the home folder of another user. */
export function pathProblem(path: string): TextProblem | undefined {
  if (partOfPath.test(path)) return unexpanded;
  return secretProblem(path) ?? (/^~[^/]/.test(path) ? homeOfAnother : undefined);
}

/** What to do about a text of any other kind that was rejected. */
export function textSuggestion(text: string): string | undefined {
  if (/\s\/\/|\/\*/.test(text)) return 'begin a comment with # (comments with // or /* */ are not supported)';
  return secretProblem(text)?.suggestion;
}

const unexpanded: TextProblem = {
  rule: 'unexpanded_variable',
  message: 'contains a variable, such as ${NAME}, that was not expanded',
  suggestion: 'write the value itself: variables inside values are not expanded here',
};

const surroundingQuotes: TextProblem = {
  rule: 'surrounding_quotes',
  message: 'has quotes around it, which would be a part of the value',
  suggestion: 'remove the quotes: env files and service units pass them on',
};

const homeOfAnother: TextProblem = {
  rule: 'home_folder',
  message: 'starts with the home folder of another user, which is not expanded',
  suggestion: 'write ~/ for your own home folder, or the absolute path',
};
