import { parseArgs } from 'node:util';

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'check' | 'list-tools' | 'serve'; readonly options: ServeOptions }
  | { readonly kind: 'usage-error'; readonly message: string };

export interface ServeOptions {
  /** Configuration file; none means defaults and environment only. */
  readonly config?: string;
  /** Command-line values: the last layer over file and environment, as typed. */
  readonly flags: readonly CommandLineValue[];
}

/** A value given on the command line, and the configuration key it stands for. */
export interface CommandLineValue {
  readonly path: string;
  readonly flag: string;
  readonly value: string;
}

export const usage: string = `Usage: mcp-server [options]

Exposes command-line programs and TypeScript functions as MCP tools.

  --transport stdio|http   how clients connect (default: stdio)
  --config FILE            YAML or JSON configuration file (default: $MCP_CONFIG_FILE)
  --host ADDRESS           address to listen on for HTTP (default: 127.0.0.1)
  --port NUMBER            port to listen on for HTTP (default: 8080)
  --check                  check the configuration, print every value with its origin, and exit
  --list-tools             print the tools this configuration offers, and exit
  --version                print the version and exit
  --help                   print this help and exit

Every configuration key can also be set in the environment: MCP_<SECTION>_<KEY>, for example MCP_SERVER_PORT=9000.

Exit codes: 0 success, 1 the configuration or the start failed, 2 the command line was not understood.
`;

/** Reads the arguments after the program name. Never throws: a command line that makes no sense is a `usage-error`. */
export function parseCommandLine(args: readonly string[]): Command {
  let values;
  try {
    ({ values } = parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        transport: { type: 'string' },
        config: { type: 'string' },
        host: { type: 'string' },
        port: { type: 'string' },
        check: { type: 'boolean' },
        'list-tools': { type: 'boolean' },
        version: { type: 'boolean', short: 'v' },
        help: { type: 'boolean', short: 'h' },
      },
    }));
  } catch (error) {
    return { kind: 'usage-error', message: firstSentence(error) };
  }
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  if (values.check && values['list-tools']) {
    return { kind: 'usage-error', message: '--check and --list-tools cannot be used together' };
  }
  const flags = (['transport', 'host', 'port'] as const).flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [{ path: `server.${name}`, flag: `--${name}`, value }];
  });
  const options: ServeOptions = { flags, ...(values.config !== undefined && { config: values.config }) };
  return { kind: values.check ? 'check' : values['list-tools'] ? 'list-tools' : 'serve', options };
}

/** Node's own message names the option; what follows it are hints about `--` that do not apply here. */
function firstSentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split(/\. |\n/u, 1)[0] ?? message;
}
