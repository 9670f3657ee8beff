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

const placeholder = /[$#]\{[^{}]*\}|\$\([^()]*\)|\{\{.*\}\}|^\$env:\w+/i;
const shellVariable = /\$\{[A-Za-z_][^{}]*\}/;
const wholeVariable = /^(?:\$[A-Z_][A-Z0-9_]*|%[A-Za-z_]\w*%)$/;
const partOfPath = /(?:^|[\\/:])(?:\$[A-Za-z_]\w*|%[A-Za-z_]\w*%)(?:[\\/]|$)/;
const wholePlaceholder = /^<[^<>]*>$/;
/** What programs write for a value that they do not have, and what examples say in place of one. */
const noValue =
  /^(?:undefined|null|none|nil|\[object Object\]|change[-_]?me|replace[-_]?me|your[-_](?:api[-_])?(?:key|token|secret))$/i;
const url = /^[a-z][a-z0-9+.-]+:\/\//i;
/** Of 1Password, vals (helmfile), a Vault webhook, SOPS, Azure, AWS and Google, and the file in which a container finds a secret. */
const secretReference =
  /^(?:op:\/\/|ref\+[a-z0-9]+:\/\/|vault:|ENC\[|@Microsoft\.KeyVault\(|arn:aws[\w-]*:(?:secretsmanager|ssm):|projects\/[^/]+\/secrets\/|env:[A-Z_]\w*$|file:\/\/|(?:\/var)?\/run\/secrets\/)/;
/** What logs and consoles show in place of a secret. */
const masked = /^(?:\*+|\u2022+)$/;
const windowsPath = /^(?:[A-Za-z]:[\\/]|\\\\)/;
const quotes = /^(["'`]).*\1$/s;

/**
 * The problem of a secret: a placeholder anywhere in it, a variable or a reference to a secret store as the whole of it, quotes
 * or white space around it.
 */
export function secretProblem(text: string): TextProblem | undefined {
  if (text.trim() !== text) return surroundingSpace;
  if (wholePlaceholder.test(text)) return unreplaced;
  if (noValue.test(text) || masked.test(text)) return placeholderWord;
  return secretReference.test(text) ? unresolved : unchangedText(text);
}

function unchangedText(text: string): TextProblem | undefined {
  return placeholder.test(text) || wholeVariable.test(text) ? unexpanded : quotesProblem(text);
}

/** The problem of a text with quotes around the whole of it. */
export function quotesProblem(text: string): TextProblem | undefined {
  return text.length > 1 && quotes.test(text) ? surroundingQuotes : undefined;
}

/** The problem of a variable for a program, in which other braces and quotes may be meant. */
export function variableProblem(text: string): TextProblem | undefined {
  return shellVariable.test(text) || wholeVariable.test(text) ? unexpanded : undefined;
}

/** The problem of a path: as of a secret, with a variable as any part of it, or the home folder of another user, or a URL. */
export function pathProblem(path: string): TextProblem | undefined {
  if (path.trim() !== path) return surroundingSpace;
  if (url.test(path)) return urlAsPath;
  if (process.platform !== 'win32' && windowsPath.test(path)) return pathOfWindows;
  if (partOfPath.test(path)) return unexpanded;
  return unchangedText(path) ?? (/^~[^/]/.test(path) ? homeOfAnother : undefined);
}

/** What to do about a text of any other kind that was rejected. */
export function textSuggestion(text: string): string | undefined {
  if (/\s\/\/|\/\*/.test(text)) return 'begin a comment with # (comments with // or /* */ are not supported)';
  return unchangedText(text)?.suggestion;
}

const unexpanded: TextProblem = {
  rule: 'unexpanded_variable',
  message: 'contains a variable, such as ${NAME}, that was not expanded',
  suggestion: 'write the value itself: variables inside values are not expanded here',
};

const unreplaced: TextProblem = {
  rule: 'unreplaced_placeholder',
  message: 'is a placeholder in angle brackets that was not replaced',
  suggestion: 'write the value itself',
};

const placeholderWord: TextProblem = {
  rule: 'unreplaced_placeholder',
  message: 'is a word that stands for a value which nobody has put in',
  suggestion: 'write the value itself; where a program writes it, its own value is missing',
};

const urlAsPath: TextProblem = {
  rule: 'url_as_path',
  message: 'is a URL, not a path',
  suggestion: 'write the path itself, such as /var/log/mcp-server.log',
};

const pathOfWindows: TextProblem = {
  rule: 'windows_path',
  message: 'is a path of Windows, and would be the name of a file here',
  suggestion: 'write a path of this system, such as /var/log/mcp-server.log',
};

const unresolved: TextProblem = {
  rule: 'unresolved_reference',
  message: 'is a reference to a secret store or a file, not the secret itself',
  suggestion:
    'start the server through the program that resolves it, such as op run, or write the secret to a file and name it in the *_FILE variable',
};

const surroundingQuotes: TextProblem = {
  rule: 'surrounding_quotes',
  message: 'has quotes around it, which would be a part of the value',
  suggestion: 'remove the quotes: env files and service units pass them on',
};

const surroundingSpace: TextProblem = {
  rule: 'surrounding_space',
  message: 'has a space or a line end at its start or end, which would be a part of the value',
  suggestion: 'remove it: echo and editors add a line end, printf %s does not',
};

const homeOfAnother: TextProblem = {
  rule: 'home_folder',
  message: 'starts with the home folder of another user, which is not expanded',
  suggestion: 'write ~/ for your own home folder, or the absolute path',
};
