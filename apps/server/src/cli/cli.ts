import { parseArgs } from 'node:util';

import { systemClock } from '../foundation/clock.ts';
import { DEFAULT_FILE, type ConfigurationSource } from '../composition/load-configuration.ts';
import { parseCall, parseTools, type CallCommand, type ServerChoice } from './call/parse-call.ts';
import { parseClient, type ClientCommand } from './client/parse-client.ts';
import { parseKeys, type KeysCommand } from './keys/parse-keys.ts';
import { parseUpstreams, type UpstreamsCommand } from './upstreams/parse-upstreams.ts';
import { COMMANDS, isHelpTopic, type HelpTopic } from './help-topic.ts';

/** What the command line asks for. */
export type Command =
  | { readonly kind: 'help'; readonly topic?: HelpTopic }
  | { readonly kind: 'version' }
  | { readonly kind: 'list-tools' | 'serve' | 'systemd'; readonly options: ConfigurationSource }
  /** `live`: connects to the upstreams as well. */
  | { readonly kind: 'check'; readonly options: ConfigurationSource; readonly live: boolean }
  | { readonly kind: 'doctor'; readonly options: ConfigurationSource; readonly json: boolean }
  | { readonly kind: 'init'; readonly file: string }
  | { readonly kind: 'apis-check'; readonly file: string }
  | { readonly kind: 'call'; readonly call: CallCommand }
  | { readonly kind: 'tools'; readonly choice: ServerChoice }
  | { readonly kind: 'keys'; readonly keys: KeysCommand }
  | { readonly kind: 'upstreams'; readonly upstreams: UpstreamsCommand }
  | { readonly kind: 'client'; readonly client: ClientCommand }
  /** `topic`: the command whose help text has the options. */
  | { readonly kind: 'usage-error'; readonly message: string; readonly topic?: HelpTopic };

const flagOptions = {
  transport: { type: 'string' },
  config: { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  version: { type: 'boolean', short: 'v' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** What a person who got the command wrong needs; empty where the command is not the fault. */
function commandHint([first = '', ...rest]: readonly string[]): string {
  if (COMMANDS.includes(first)) return '';
  if (!first.startsWith('-')) return `; the commands are ${COMMANDS.join(', ')}`;
  return rest.some((word) => COMMANDS.includes(word)) ? '; a command comes before its options' : '';
}

/** Reads the arguments after the program name. Never throws: a command line that makes no sense is a `usage-error`. */
export function parseCommandLine(args: readonly string[]): Command {
  const [first, ...rest] = args;
  try {
    switch (first) {
      case 'init':
        return parseInit(rest);
      case 'doctor':
        return parseDoctor(rest);
      case 'apis':
        return parseApis(rest);
      case 'systemd':
        return parseSystemd(rest);
      case 'call':
        return helpOf('call', rest) ?? { kind: 'call', call: parseCall(rest) };
      case 'tools':
        return helpOf('tools', rest) ?? { kind: 'tools', choice: parseTools(rest) };
      case 'keys':
        return helpOf('keys', rest) ?? { kind: 'keys', keys: parseKeys(rest, systemClock.epochMs()) };
      case 'upstreams':
        return helpOf('upstreams', rest) ?? { kind: 'upstreams', upstreams: parseUpstreams(rest) };
      case 'client':
        return helpOf('client', rest) ?? { kind: 'client', client: parseClient(rest) };
      case undefined:
      default:
        return parseServe(args);
    }
  } catch (error) {
    // Clients take a list of arguments, and people write a whole option into one of them.
    const joined = args.some((text) => /^--?\w[\w-]*\s/u.test(text));
    return {
      kind: 'usage-error',
      message: `${firstSentence(error)}${joined ? '. An option and its value are two arguments' : commandHint(args)}`,
      ...(isHelpTopic(first) && { topic: first }),
    };
  }
}

function parseServe(args: readonly string[]): Command {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...flagOptions,
      check: { type: 'boolean' },
      live: { type: 'boolean' },
      'list-tools': { type: 'boolean' },
    },
  });
  const asked = about(values);
  if (asked) return asked;
  if (values.check && values['list-tools']) {
    return { kind: 'usage-error', message: '--check and --list-tools cannot be used together' };
  }
  const options = serveOptions(values);
  if (values.check) return { kind: 'check', options, live: values.live ?? false };
  if (values.live) return { kind: 'usage-error', message: '--live belongs to --check' };
  return { kind: values['list-tools'] ? 'list-tools' : 'serve', options };
}

/** The arguments of a command that has no options of its own. */
function parsePlain(args: readonly string[]): { values: { help?: boolean }; positionals: string[] } {
  const options = { help: { type: 'boolean', short: 'h' } } as const;
  return parseArgs({ args: [...args], allowPositionals: true, options });
}

function parseInit(args: readonly string[]): Command {
  const { values, positionals } = parsePlain(args);
  const [file = DEFAULT_FILE, second] = positionals;
  if (second !== undefined)
    return { kind: 'usage-error', message: `init writes one file, and got a second: ${second}` };
  return about(values) ?? { kind: 'init', file };
}

function parseApis(args: readonly string[]): Command {
  const { values, positionals } = parsePlain(args);
  const asked = about(values);
  if (asked) return asked;
  const [action, file, ...more] = positionals;
  if (action !== 'check' || file === undefined || more.length > 0) {
    return { kind: 'usage-error', message: 'apis takes check and the file of one OpenAPI document' };
  }
  return { kind: 'apis-check', file };
}

function parseDoctor(args: readonly string[]): Command {
  const { values } = parseArgs({ args: [...args], options: { ...flagOptions, json: { type: 'boolean' } } });
  return about(values) ?? { kind: 'doctor', options: serveOptions(values), json: values.json ?? false };
}

function parseSystemd(args: readonly string[]): Command {
  const { values } = parseArgs({ args: [...args], options: flagOptions });
  return about(values) ?? { kind: 'systemd', options: serveOptions(values) };
}

/** Whether --help is among the options of the command; behind a lone -- it is an argument of a tool. */
function helpOf(topic: HelpTopic, args: readonly string[]): Command | undefined {
  const end = args.indexOf('--');
  const options = end === -1 ? args : args.slice(0, end);
  return options.includes('--help') || options.includes('-h') ? { kind: 'help', topic } : undefined;
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
  if (!(error instanceof Error)) return String(error);
  const { message } = error;
  return 'code' in error ? (message.split(/\. |\n/u, 1)[0] ?? message) : message;
}
