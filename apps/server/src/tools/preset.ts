/** Tools for common programs, offered where the program is installed. */
import { defineCommandTool, type CommandToolSpec, type ToolDefinition } from '@mcp/tool-base';

import { INTRUSIVE_PRESETS, PRESET_COMMANDS, type PresetName } from '../configuration/fields/preset-names.ts';
import { presetSandbox, wantedPresets } from '../configuration/settings/preset-sandbox.ts';
import { resourceLimits } from '../configuration/settings/resource-limits.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';

type PresetSpec = Omit<CommandToolSpec, 'command'> & { readonly name: PresetName };

const readOnly = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true };

const presets: readonly PresetSpec[] = [
  {
    name: 'ping',
    title: 'Ping',
    description: 'Send ICMP echo requests to a host and report loss and round-trip times.',
    target: 'ip_or_host',
    // ping's own deadline (-w) is below the tool's timeout, so that a slow run still ends with its statistics.
    args: ['-n', '-c', '{count}', '-w', '55', '{extraArgs}', '--', '{target}'],
    parameters: { count: { type: 'integer', min: 1, max: 20, default: 3, description: 'How many requests' } },
    flags: {
      '-W': { type: 'integer', min: 1, max: 10 },
      '-i': { type: 'number', min: 0.2, max: 5 },
      '-s': { type: 'integer', min: 0, max: 1472 },
      '-4': 'none',
      '-q': 'none',
    },
    timeoutMs: 60_000,
    concurrency: 4,
    // Exit code 1 of ping is a result about the target.
    domainExitCodes: { 1: 'no reply, or fewer than asked for by the deadline' },
    annotations: readOnly,
    circuitBreaker: { scope: 'target' },
  },
  {
    name: 'traceroute',
    title: 'Trace route',
    description: 'Show the hops between this machine and a host.',
    target: 'ip_or_host',
    args: ['-n', '{extraArgs}', '--', '{target}'],
    flags: {
      '-m': { type: 'integer', min: 1, max: 30 },
      '-q': { type: 'integer', min: 1, max: 3 },
      '-w': { type: 'number', min: 1, max: 5 },
      '-4': 'none',
    },
    timeoutMs: 120_000,
    concurrency: 2,
    annotations: readOnly,
    circuitBreaker: { scope: 'target' },
  },
  {
    name: 'dig',
    title: 'DNS query',
    description: 'Query the configured name servers for records of a host name, with all of dig’s detail.',
    target: 'host',
    // The name goes to the name servers as it is; where it points is the answer and is not contacted.
    resolve: 'off',
    args: ['-r', '{extraArgs}', '-q', '{target}'],
    flags: {
      '-t': { type: 'enum', values: ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'] },
      '+short': 'none',
      '+noall': 'none',
      '+answer': 'none',
      '+tcp': 'none',
    },
    timeoutMs: 30_000,
    concurrency: 4,
    annotations: readOnly,
  },
  {
    name: 'whois',
    title: 'Whois',
    description: 'Look up the registration of a domain name or address.',
    target: 'ip_or_host',
    resolve: 'off',
    args: ['--', '{target}'],
    timeoutMs: 30_000,
    concurrency: 2,
    annotations: readOnly,
  },
  {
    name: 'curl_head',
    title: 'HTTP headers by curl',
    description: 'Request the headers of an http or https URL. Redirects are shown, not followed.',
    target: 'url',
    args: [
      '-q',
      '--globoff',
      '--silent',
      '--show-error',
      '--head',
      '--proto',
      '=http,https',
      '--max-redirs',
      '0',
      '--noproxy',
      '*',
      '--resolve',
      '{target.host}:{target.port}:{target.address}',
      '{extraArgs}',
      '--',
      '{target}',
    ],
    flags: { '-4': 'none', '--max-time': { type: 'integer', min: 1, max: 30 } },
    timeoutMs: 35_000,
    concurrency: 4,
    // The codes of curl that speak of the target: name, connection, TLS, time, empty answer.
    domainExitCodes: {
      6: 'name not resolved',
      7: 'connection refused or unreachable',
      28: 'timed out',
      35: 'TLS handshake failed',
      52: 'empty answer',
      60: 'certificate not trusted',
    },
    annotations: readOnly,
    circuitBreaker: { scope: 'target' },
  },
  {
    name: 'nmap_discovery',
    title: 'Port discovery',
    description: 'Find open TCP ports by connecting to them. Runs no scripts and sends no crafted packets.',
    target: 'cidr',
    maxAddresses: 1024,
    args: ['-sT', '-Pn', '-n', '--open', '-T3', '{extraArgs}', '--', '{target}'],
    flags: { '-p': { type: 'ports' }, '--max-retries': { type: 'integer', min: 0, max: 3 } },
    timeoutMs: 300_000,
    concurrency: 1,
    annotations: { ...readOnly, idempotentHint: false },
  },
];

/** Every preset as it is declared. */
export const presetSpecs: readonly (CommandToolSpec & { readonly name: PresetName })[] = presets.map((spec) => ({
  ...spec,
  command: PRESET_COMMANDS[spec.name].command,
}));

export interface PresetProgram {
  readonly name: string;
  readonly program: string;
  readonly installed: boolean;
  readonly intrusive: boolean;
}

/** Every preset, and whether its program is installed. */
export function presetPrograms(): PresetProgram[] {
  return presetSpecs.map((spec) => ({
    name: spec.name,
    program: spec.command,
    installed: defineCommandTool(spec).available().ok,
    intrusive: INTRUSIVE_PRESETS.has(spec.name),
  }));
}

/**
 * The presets that are wanted: those that the configuration lists, also when their program is missing, which health and calls report;
 * without a list, those whose program is installed.
 */
export function offeredPresets(values: ServerConfig): ToolDefinition[] {
  const { presets: named, security } = values;
  const wanted = wantedPresets(values);
  const definitions = presetSpecs
    .filter(({ name }) => wanted.includes(name))
    .map((spec) =>
      defineCommandTool({
        ...spec,
        maxArgsLength: security.maxArgsLength,
        resourceLimits: resourceLimits(undefined, values),
        sandbox: presetSandbox(values, spec.name),
      }),
    );
  return named ? definitions : definitions.filter((definition) => definition.available().ok);
}
