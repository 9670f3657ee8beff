import { parseArgs } from 'node:util';

import type { ConfigurationSource } from '../../composition/load-configuration.ts';

/** Where `mcp-server call` and `mcp-server tools` find the tools. */
export interface ServerChoice {
  readonly options: ConfigurationSource;
  /** As given; not checked yet. */
  readonly server?: string;
  readonly keyFile?: string;
  readonly local: boolean;
  readonly json: boolean;
}

export interface CallCommand extends ServerChoice {
  readonly tool: string;
  /** JSON, or `-` for standard input. */
  readonly input?: string;
  readonly toolArguments: readonly TextArgument[];
}

/** An argument of the tool as typed. */
export interface TextArgument {
  /** Without the dashes. */
  readonly name: string;
  /** Undefined for an argument without a value, such as `--verbose`. */
  readonly value: string | undefined;
}

const serverOptions = {
  server: { type: 'string' },
  'key-file': { type: 'string' },
  local: { type: 'boolean' },
  config: { type: 'string' },
  json: { type: 'boolean' },
} as const;
const callOptions = { ...serverOptions, input: { type: 'string' } } as const;

type OptionName = keyof typeof callOptions;

/**
 * @param args the arguments after `tools`
 * @throws {Error} that says what is wrong with the command line
 */
export function parseTools(args: readonly string[]): ServerChoice {
  const { values } = parseArgs({ args: [...args], options: serverOptions });
  return serverChoice(values);
}

/**
 * @param args the arguments after `call`
 * @throws {Error} that says what is wrong with the command line
 */
export function parseCall(args: readonly string[]): CallCommand {
  const { own, tool, toolArguments } = split(args);
  const { values } = parseArgs({ args: own, options: callOptions });
  if (tool === undefined) throw new Error('call needs the name of a tool; mcp-server tools lists them');
  const { input } = values;
  return { ...serverChoice(values), tool, toolArguments, ...(input !== undefined && { input }) };
}

interface SplitCommandLine {
  /** The options of the command itself, with their values. */
  readonly own: string[];
  readonly tool: string | undefined;
  readonly toolArguments: readonly TextArgument[];
}

/** Options of the command may stand before and after the tool; every other option after the tool is an argument of the tool. */
function split(args: readonly string[]): SplitCommandLine {
  const own: string[] = [];
  const toolArguments: TextArgument[] = [];
  let tool: string | undefined;
  let onlyTool = false;
  for (let index = 0; index < args.length; index += 1) {
    const text = args[index] ?? '';
    const next = args[index + 1];
    const [, name = '', inline] = /^--([^=]+)(?:=(.*))?$/su.exec(text) ?? [];
    if (text === '--' && tool !== undefined && !onlyTool) onlyTool = true;
    else if (name === '' && tool === undefined && !text.startsWith('-')) tool = text;
    else if (tool === undefined || (!onlyTool && Object.hasOwn(callOptions, name))) {
      own.push(text);
      if (inline === undefined && takesValue(name) && next !== undefined) own.push(args[(index += 1)] ?? '');
    } else if (name === '') {
      throw new Error(`Unexpected argument '${text}'; write arguments of the tool as --NAME VALUE`);
    } else if (inline === undefined && next !== undefined && !next.startsWith('--')) {
      toolArguments.push({ name, value: args[(index += 1)] });
    } else toolArguments.push({ name, value: inline });
  }
  return { own, tool, toolArguments };
}

function takesValue(name: string): boolean {
  return Object.hasOwn(callOptions, name) && callOptions[name as OptionName].type === 'string';
}

function serverChoice(values: {
  server?: string;
  'key-file'?: string;
  local?: boolean;
  config?: string;
  json?: boolean;
}): ServerChoice {
  const { server, 'key-file': keyFile, local = false, config, json = false } = values;
  if (local && server !== undefined) throw new Error('--local and --server cannot be used together');
  return {
    options: { flags: [], ...(config !== undefined && { config }) },
    local,
    json,
    ...(server !== undefined && { server }),
    ...(keyFile !== undefined && { keyFile }),
  };
}
