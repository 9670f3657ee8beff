/** The help texts. Each command with options of its own has its text beside its parser. */
import { CALL_USAGE, TOOLS_USAGE } from './call/usage.ts';
import { CLIENT_USAGE } from './client/parse-client.ts';
import { KEYS_USAGE } from './keys/parse-keys.ts';
import { UPSTREAMS_USAGE } from './upstreams/parse-upstreams.ts';
import type { HelpTopic } from './help-topic.ts';

const OVERVIEW = `Usage: mcp-server [options]
       mcp-server COMMAND [options]

Exposes command-line programs and TypeScript functions as MCP tools.

Commands; mcp-server COMMAND --help describes the options of the first five:
  call TOOL [--ARG VALUE]  call a tool of the running server, or in this process
  tools                    list the tools of the running server, or of the configuration
  keys                     add, list, rotate and remove API keys
  client add CLIENT        add this server to the configuration of Claude, Cursor, VS Code, Codex or Gemini
  upstreams                list, check, compare and approve the tools of other MCP servers
  init [FILE]              write a commented configuration (default: mcp-server.yaml), never over an existing file
  apis check FILE          print what becomes of each operation of an OpenAPI document
  doctor [--json]          check programs, permissions, limits, ports and policy, and say what to do; --json for scripts
  systemd                  print the target policy as address rules for a systemd unit

Options:
  --transport stdio|http   how clients connect (default: stdio)
  --config FILE            YAML or JSON configuration file (default: $MCP_CONFIG_FILE, else mcp-server.yaml if it exists)
  --host ADDRESS           address to listen on for HTTP (default: 127.0.0.1)
  --port NUMBER            port to listen on for HTTP (default: 8080)
  --check                  check the configuration, print every value with its origin, and exit
  --live                   with --check: connect to the upstreams too, and print their tools
  --list-tools             print the tools this configuration offers, and exit
  --version                print the version and exit
  --help                   print this help and exit

Every configuration key can also be set in the environment: MCP_<SECTION>_<KEY>, for example MCP_SERVER_PORT=9000.

Exit codes: 0 success; 1 the configuration or the start failed, or the doctor found a problem; 2 invalid command line;
3 the tool called by mcp-server call failed; 130 interrupted.
`;

export function helpText(topic: HelpTopic | undefined): string {
  switch (topic) {
    case 'call':
      return CALL_USAGE;
    case 'client':
      return CLIENT_USAGE;
    case 'keys':
      return KEYS_USAGE;
    case 'tools':
      return TOOLS_USAGE;
    case 'upstreams':
      return UPSTREAMS_USAGE;
    case undefined:
      return OVERVIEW;
  }
}
