import type { KeyOrigin } from '../access/key-origin.ts';

/**
 * What the terminal shows after `mcp-server --transport http`: the address, a command to try, and one that sets up clients.
 * With the log lines of a start it fits into a terminal of 24 lines and 80 columns.
 */
export interface WelcomeFacts {
  readonly version: string;
  /** `http://127.0.0.1:8080`, without a trailing slash. */
  readonly url: string;
  readonly key: KeyOrigin;
  /** Names of the enabled tools. */
  readonly tools: readonly string[];
  /** An enabled tool that can be called without arguments. */
  readonly exampleTool: string | undefined;
  /** The environment variable that holds the configured key, where there is one. */
  readonly keyVariable: string | undefined;
  /** As it is started from a shell here, to be followed by a command. */
  readonly program: string;
  /** The configuration file, with a path that holds in any folder. */
  readonly file: string | undefined;
}

/** More are counted. */
const MAX_NAMED_TOOLS = 6;
/** Of a line of 80, without its label. */
const TOOLS_COLUMNS = 64;

export function renderWelcome(facts: WelcomeFacts): string {
  const config = facts.file === undefined ? '' : ` --config ${shellQuote(facts.file)}`;
  return `
MCP tool server ${facts.version} is listening on ${facts.url}

  MCP endpoint  ${facts.url}/mcp
  Dashboard     ${facts.url}/
  Tools         ${toolsLine(facts.tools)}
  API key       ${keyLine(facts.key)}

Try it:
${tryCommand(facts)}

Add to claude-desktop, claude-code, cursor, vscode, codex, gemini or inspector:
  ${facts.program} client add claude-desktop${config}

Stop with Ctrl-C.
`;
}

function toolsLine(tools: readonly string[]): string {
  if (tools.length === 0) return 'none';
  const all = tools.join(', ');
  if (tools.length <= MAX_NAMED_TOOLS && all.length <= TOOLS_COLUMNS) return all;
  const fitting = (count: number): string => `${tools.slice(0, count).join(', ')} and ${tools.length - count} more`;
  let count = Math.min(tools.length, MAX_NAMED_TOOLS);
  while (count > 1 && fitting(count).length > TOOLS_COLUMNS) count -= 1;
  return tools.length === 1 ? all : fitting(count);
}

function keyLine(key: KeyOrigin): string {
  switch (key.kind) {
    case 'generated':
      return `${key.value}\n                (shown once; kept in ${key.file})`;
    case 'kept':
      return `in ${key.file}`;
    case 'configured':
      return 'as configured';
    case 'none':
      return 'none: authentication is off, every local program may call every tool';
  }
}

/** A command that works with this configuration: a tool that needs no arguments, or the list of tools. */
function tryCommand({ url, exampleTool, key, keyVariable }: WelcomeFacts): string {
  const lines =
    exampleTool === undefined
      ? [`curl -sS ${url}/tools`, ...authorization(key, keyVariable)]
      : [
          `curl -sS ${url}/tools/${exampleTool}/execute`,
          ...authorization(key, keyVariable),
          `-H 'Content-Type: application/json' -d '{}'`,
        ];
  return `  ${lines.join(' \\\n    ')}`;
}

function authorization(key: KeyOrigin, keyVariable: string | undefined): string[] {
  switch (key.kind) {
    case 'generated':
    case 'kept':
      return [`-H "Authorization: Bearer $(cat ${shellQuote(key.file)})"`];
    case 'configured':
      return [`-H "Authorization: Bearer ${keyVariable === undefined ? '<a configured key>' : `$${keyVariable}`}"`];
    case 'none':
      return [];
  }
}

/** For text that a person pastes into a shell; the server executes none of it. */
function shellQuote(text: string): string {
  return /^[\w./-]+$/u.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
