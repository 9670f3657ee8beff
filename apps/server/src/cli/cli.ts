import { parseArgs } from 'node:util';

import type { ConfigurationSource } from '../composition/load-configuration.ts';

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'check' | 'list-tools' | 'serve' | 'systemd'; readonly options: ConfigurationSource }
  | { readonly kind: 'doctor'; readonly options: ConfigurationSource; readonly json: boolean }
  | { readonly kind: 'init'; readonly file: string }
  | { readonly kind: 'usage-error'; readonly message: string };

export const usage: string = `Usage: mcp-server [options]
       mcp-server init [FILE]
       mcp-server doctor [--json] [options]
       mcp-server systemd [options]

Exposes command-line programs and TypeScript functions as MCP tools.

  init [FILE]              write a commented configuration (default: mcp-server.yaml), never over an existing file
  doctor                   check programs, permissions, limits, ports and policy, and say what to do; --json for scripts
  systemd                  print the target policy as address rules for a systemd unit

  --transport stdio|http   how clients connect (default: stdio)
  --config FILE            YAML or JSON configuration file (default: $MCP_CONFIG_FILE)
  --host ADDRESS           address to listen on for HTTP (default: 127.0.0.1)
  --port NUMBER            port to listen on for HTTP (default: 8080)
  --check                  check the configuration, print every value with its origin, and exit
  --list-tools             print the tools this configuration offers, and exit
  --version                print the version and exit
  --help                   print this help and exit

Every configuration key can also be set in the environment: MCP_<SECTION>_<KEY>, for example MCP_SERVER_PORT=9000.

Exit codes: 0 success, 1 the configuration or the start failed or the doctor found a problem, 2 the command line was not understood.
`;

const flagOptions = {
  transport: { type: 'string' },
  config: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  version: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
} as const;

const DEFAULT_FILE = 'mcp-server.yaml';

/** Reads the arguments after the program name. Never throws: a command line that makes no sense is a `usage-error`. */
export function parseCommandLine(args: readonly string[]): Command {
  const [first, ...rest] = args;
  try {
    if (first === 'init') return parseInit(rest);
    if (first === 'doctor') return parseDoctor(rest);
    if (first === 'systemd') return parseSystemd(rest);
    return parseServe(args);
  } catch (error) {
    return { kind: 'usage-error', message: firstSentence(error) };
  }
}

function parseServe(args: readonly string[]): Command {
  const { values } = parseArgs({
    args: [...args],
    options: { ...flagOptions, check: { type: 'boolean' }, 'list-tools': { type: 'boolean' } },
  });
  const asked = about(values);
  if (asked) return asked;
  if (values.check && values['list-tools']) {
    return { kind: 'usage-error', message: '--check and --list-tools cannot be used together' };
  }
  const kind = values.check ? 'check' : values['list-tools'] ? 'list-tools' : 'serve';
  return { kind, options: serveOptions(values) };
}

function parseInit(args: readonly string[]): Command {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { help: { type: 'boolean', short: 'h' } },
  });
  const [file = DEFAULT_FILE, second] = positionals;
  if (second !== undefined)
    return { kind: 'usage-error', message: `init writes one file, and got a second: ${second}` };
  return about(values) ?? { kind: 'init', file };
}

function parseDoctor(args: readonly string[]): Command {
  const { values } = parseArgs({ args: [...args], options: { ...flagOptions, json: { type: 'boolean' } } });
  return about(values) ?? { kind: 'doctor', options: serveOptions(values), json: values.json ?? false };
}

function parseSystemd(args: readonly string[]): Command {
  const { values } = parseArgs({ args: [...args], options: flagOptions });
  return about(values) ?? { kind: 'systemd', options: serveOptions(values) };
}

/** What is answered before anything else, if asked for. */
function about({ help, version }: { help?: boolean; version?: boolean }): Command | undefined {
  if (help) return { kind: 'help' };
  return version ? { kind: 'version' } : undefined;
}

function serveOptions(values: {
  config?: string;
  transport?: string;
  host?: string;
  port?: string;
}): ConfigurationSource {
  const flags = (['transport', 'host', 'port'] as const).flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [{ path: `server.${name}`, flag: `--${name}`, value }];
  });
  return { flags, ...(values.config !== undefined && { config: values.config }) };
}

/** Node's own message names the option; what follows it are hints about `--` that do not apply here. */
function firstSentence(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split(/\. |\n/u, 1)[0] ?? message;
}
