import type { KeyOrigin } from '../access/key-origin.ts';

/** What a person sees after `mcp-server --transport http`: where it listens, how to try it, how to connect a client. */
export interface WelcomeFacts {
  readonly version: string;
  /** `http://127.0.0.1:8080`, without a slash at the end. */
  readonly url: string;
  readonly key: KeyOrigin;
  /** Names of the enabled tools. */
  readonly tools: readonly string[];
  /** How a desktop client starts this server itself, over stdio. */
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

  curl -sS ${facts.url}/tools/http_probe/execute \\
${authorization(facts.key)}    -H 'Content-Type: application/json' \\
    -d '{"arguments":{"target":"${facts.url}/health/live"}}'

For a desktop client (Claude Desktop, Cursor, VS Code), which starts the server itself over stdio:

${indent(JSON.stringify(client, null, 2))}

Stop with Ctrl-C.
`;
}

function keyLine(key: KeyOrigin): string {
  switch (key.kind) {
    case 'generated':
      return `${key.value}\n                (made now and shown once; it is kept in ${key.file})`;
    case 'kept':
      return `in ${key.file}`;
    case 'configured':
      return 'as configured';
    case 'none':
      return 'none: authentication is switched off, every local program may call every tool';
  }
}

function authorization(key: KeyOrigin): string {
  switch (key.kind) {
    case 'generated':
    case 'kept':
      return `    -H "Authorization: Bearer $(cat ${shellQuote(key.file)})" \\\n`;
    case 'configured':
      return `    -H "Authorization: Bearer $MCP_SECURITY_API_KEY" \\\n`;
    case 'none':
      return '';
  }
}

/** Only for text that a person pastes into their own shell; nothing here is executed by us. */
function shellQuote(text: string): string {
  return /^[\w./-]+$/u.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gmu, '  ');
}
