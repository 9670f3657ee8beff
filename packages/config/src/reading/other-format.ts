/** Recognizes files that are not YAML or JSON, for which the place of a syntax error says nothing. */

export interface OtherFormat {
  readonly message: string;
  readonly suggestion: string;
  /** Where the text shows it. */
  readonly offset: number;
}

const YAML = 'the configuration is YAML or JSON; mcp-server init writes one';

const FORMATS: readonly (readonly [pattern: RegExp, message: string, suggestion: string])[] = [
  [
    /^(?:<{7}|={7}|>{7})(?: |$)/m,
    'a merge conflict was not resolved',
    'keep one of the versions, and remove the lines of <, = and >',
  ],
  [/^\$ANSIBLE_VAULT;/, 'the file is encrypted with Ansible Vault', 'decrypt it where it is deployed'],
  [/^\s*<(?:[?!]|[A-Za-z])/, 'this is XML or HTML, as of the error page of a download', YAML],
  [/^\s*\[[\w.-]+\][ \t]*\r?\n\s*(?:[#;]|[\w.-]+\s*=|$)/, 'this is TOML or an INI file', YAML],
  [
    /^\s*(?:export )?[A-Z][A-Z0-9_]*=/,
    'these are environment variables',
    'pass the file to the program that starts the server, such as docker run --env-file',
  ],
  [/^#!/, 'this is a script', YAML],
  [/^-----BEGIN /, 'this is a key or a certificate', 'the configuration names its file'],
];

/** @returns undefined for what may be meant as YAML */
export function otherFormat(text: string): OtherFormat | undefined {
  for (const [pattern, message, suggestion] of FORMATS) {
    const found = pattern.exec(text);
    if (found) return { message, suggestion, offset: found.index };
  }
  return undefined;
}
