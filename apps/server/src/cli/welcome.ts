import type { KeyOrigin } from '../access/key-origin.ts';

/** What the terminal shows after `mcp-server --transport http`: the address, a command to try, a block for clients. */
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
  /** The command with which a desktop client starts this server over stdio. */
  readonly command: readonly string[];
}

export function renderWelcome(facts: WelcomeFacts): string {
  const [program = 'mcp-server', ...args] = facts.command;
  const client = { mcpServers: { tools: { command: program, args } } };
  return `
MCP tool server ${facts.version} is listening on ${facts.url}

  MCP endpoint  ${facts.url}/mcp
  Dashboard     ${facts.url}/
  Tools         ${facts.tools.length === 0 ? 'none' : facts.tools.join(', ')}
  API key       ${keyLine(facts.key)}

Try it:

${tryCommand(facts)}

For a desktop client (Claude Desktop, Cursor, VS Code), which starts the server itself over stdio:

${indent(JSON.stringify(client, null, 2))}

Stop with Ctrl-C.
`;
}

function keyLine(key: KeyOrigin): string {
  switch (key.kind) {
    case 'generated':
      return `${key.value}\n                (generated now and shown once; stored in ${key.file})`;
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
          `-H 'Content-Type: application/json'`,
          `-d '{}'`,
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

function indent(text: string): string {
  return text.replaceAll(/^/gmu, '  ');
}
