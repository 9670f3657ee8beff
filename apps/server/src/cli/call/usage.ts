const CONNECTION = `  --server URL     address of a running server (default: $MCP_CLI_SERVER, else server.host and server.port of the configuration)
  --key-file FILE  file that contains the API key (default: $MCP_CLI_KEY, else for a server on this machine security.apiKey
                   of the configuration or the generated key)
  --local          use this process and the configuration, even if a server is running
  --config FILE    YAML or JSON configuration file (default: $MCP_CONFIG_FILE, else mcp-server.yaml if it exists)
  --json           print JSON`;

export const CALL_USAGE: string = `Usage: mcp-server call [options] TOOL [--ARG VALUE ...]

Calls one tool and prints its output. If no server listens at the address of the configuration, the tool runs in this process.
On a terminal, progress is shown on standard error. A run that the server keeps as a job is waited for; Ctrl-C cancels it.

  --ARG VALUE      an argument of the tool, converted to the type in its schema. Repeat it for a list; write --ARG=VALUE for a
                   value that begins with --; an argument named like an option below goes behind a lone --
  --input JSON     the arguments as a JSON object; - reads them from standard input

${CONNECTION}: the tools/call result of MCP

Exit codes: 0 the tool succeeded; 1 the configuration cannot be loaded, or the server is unreachable or rejects the key;
2 invalid command line, no such tool or no such argument; 3 the tool failed or rejected the call; 130 interrupted.

Examples:
  mcp-server call system_info
  mcp-server call dns_lookup --target web.lab.internal --json
  echo '{"target": "10.0.0.7"}' | mcp-server call ping --input -
`;

export const TOOLS_USAGE: string = `Usage: mcp-server tools [options]

Lists the tools of the running server with their state. If no server listens at the address of the configuration, it lists the
tools of the configuration.

${CONNECTION}

Exit codes: 0 success; 1 the configuration cannot be loaded, or the server is unreachable or rejects the key; 2 invalid command
line.
`;
