import { join } from 'node:path';

/** The MCP clients whose configuration `mcp-server client add` can write. */
export const CLIENT_NAMES = [
  'claude-desktop',
  'claude-code',
  'cursor',
  'vscode',
  'codex',
  'gemini',
  'inspector',
] as const;
export type ClientName = (typeof CLIENT_NAMES)[number];

/** Where things are on this machine. */
export interface Places {
  readonly home: string;
  /** The working directory, for clients that are configured for each project. */
  readonly folder: string;
  readonly platform: NodeJS.Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface ClientFile {
  readonly file: string;
  /** `toml` is the format of Codex; the others read JSON. */
  readonly format: 'json' | 'toml';
  /** The member that maps names to servers. */
  readonly member: 'mcpServers' | 'servers' | 'mcp_servers';
  /** Members of an entry beside the command. */
  readonly extra: Readonly<Record<string, string>>;
  /** What a person does next. */
  readonly next: string;
}

export function isClientName(text: string): text is ClientName {
  return (CLIENT_NAMES as readonly string[]).includes(text);
}

/** The configuration file of a client. */
export function clientFile(client: ClientName, { home, folder, platform, env }: Places): ClientFile {
  const json = { format: 'json', member: 'mcpServers', extra: {} } as const;
  switch (client) {
    case 'claude-desktop': {
      const settings = platform === 'darwin' ? join(home, 'Library', 'Application Support') : configFolder(home, env);
      return {
        ...json,
        file: join(settings, 'Claude', 'claude_desktop_config.json'),
        next: 'Quit Claude Desktop and start it again.',
      };
    }
    case 'claude-code':
      return {
        ...json,
        file: join(folder, '.mcp.json'),
        extra: { type: 'stdio' },
        next: 'Start claude in this folder and approve the server; /mcp shows it.',
      };
    case 'cursor':
      return {
        ...json,
        file: join(home, '.cursor', 'mcp.json'),
        next: 'Enable the server in the MCP settings of Cursor.',
      };
    case 'vscode':
      return {
        ...json,
        file: join(folder, '.vscode', 'mcp.json'),
        member: 'servers',
        extra: { type: 'stdio' },
        next: 'Open this folder in VS Code and start the server with "MCP: List Servers".',
      };
    case 'codex':
      return {
        file: join(env['CODEX_HOME'] || join(home, '.codex'), 'config.toml'),
        format: 'toml',
        member: 'mcp_servers',
        extra: {},
        next: 'Start codex; /mcp shows the server.',
      };
    case 'gemini':
      return { ...json, file: join(home, '.gemini', 'settings.json'), next: 'Start gemini; /mcp shows the server.' };
    case 'inspector':
      return {
        ...json,
        file: join(home, '.mcp-inspector', 'mcp.json'),
        next: 'Run npx @modelcontextprotocol/inspector and choose the server.',
      };
  }
}

function configFolder(home: string, env: Places['env']): string {
  return env['XDG_CONFIG_HOME'] || join(home, '.config');
}
