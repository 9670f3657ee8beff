import { parseArgs } from 'node:util';

import { CLIENT_NAMES, isClientName, type ClientName } from './clients.ts';

/** What `mcp-server client add` should do. */
export interface ClientCommand {
  readonly client: ClientName;
  /** The name under which the client shows the server. */
  readonly name: string;
  /** Configuration file of the server; undefined for the default. */
  readonly config: string | undefined;
  readonly print: boolean;
  readonly yes: boolean;
}

const DEFAULT_NAME = 'tools';

export const CLIENT_USAGE: string = `Usage: mcp-server client add CLIENT [--name NAME] [--config FILE] [--yes | --print]

Adds this server to the configuration of an MCP client, which then starts it over stdio. The change is shown and confirmed
first, and the old file is kept beside the new one with .backup and the time in its name.

  CLIENT           one of:
    claude-desktop   claude_desktop_config.json of this user
    claude-code      .mcp.json in this folder
    cursor           ~/.cursor/mcp.json
    vscode           .vscode/mcp.json in this folder
    codex            $CODEX_HOME/config.toml (default: ~/.codex)
    gemini           ~/.gemini/settings.json
    inspector        ~/.mcp-inspector/mcp.json

  --name NAME      the name of the server in the client (default: ${DEFAULT_NAME}); an entry of that name is replaced,
                   in the file of Codex it must be removed first
  --config FILE    the configuration that the client starts the server with (default: $MCP_CONFIG_FILE, else mcp-server.yaml
                   if it exists)
  --yes            change the file without asking
  --print          print the entry and change nothing

Exit codes: 0 the entry is in the file, or was printed; 1 the file was not changed; 2 invalid command line.
`;

/**
 * @param args the arguments after `client`
 * @throws {Error} that says what is wrong with the command line
 */
export function parseClient(args: readonly string[]): ClientCommand {
  const [action, ...rest] = args;
  if (action !== 'add') throw new Error('client needs add and the name of a client, such as: client add claude-code');
  const { values, positionals } = parseArgs({
    args: rest,
    allowPositionals: true,
    options: {
      name: { type: 'string' },
      config: { type: 'string' },
      print: { type: 'boolean' },
      yes: { type: 'boolean', short: 'y' },
    },
  });
  const [client = '', ...others] = positionals;
  if (others.length > 0 || !isClientName(client)) throw new Error(`client add needs one of ${CLIENT_NAMES.join(', ')}`);
  const { name = DEFAULT_NAME, config, print = false, yes = false } = values;
  if (!/^[A-Za-z0-9_-]{1,64}$/u.test(name)) throw new Error('--name takes 1 to 64 letters, digits, _ and -');
  if (print && yes) throw new Error('--print and --yes cannot be used together');
  return { client, name, config, print, yes };
}
