/** Tools for common programs, offered where the program is installed. */
import { defineCommandTool, type CommandToolSpec, type ToolDefinition } from '@mcp/tool-base';

import { INTRUSIVE_PRESETS, type PresetName } from '../configuration/fields/preset-names.ts';
import { resourceLimits } from '../configuration/settings/resource-limits.ts';
import { sandboxRequest } from '../configuration/settings/sandbox-request.ts';
import type { ServerConfig } from '../configuration/shape/server-config.ts';

interface Preset {
  readonly spec: CommandToolSpec & { readonly name: PresetName };
  /** In a sandbox; `targets` where it is left out. */
  readonly network?: 'host';
  /** Whether the program itself looks up names; the others are given a pinned address. */
  readonly dns?: true;
}

const readOnly = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true };

const presets: readonly Preset[] = [
  {
    spec: {
      name: 'ping',
      title: 'Ping',
      description: 'Send ICMP echo requests to a host and report loss and round-trip times.',
      command: 'ping',
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
  },
  {
    spec: {
      name: 'traceroute',
      title: 'Trace route',
      description: 'Show the hops between this machine and a host.',
      command: 'traceroute',
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
  },
  {
    dns: true,
    spec: {
      name: 'dig',
      title: 'DNS query',
      description: 'Query the configured name servers for records of a host name, with all of dig’s detail.',
      command: 'dig',
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
  },
  {
    // The servers of the registries are public, and no targets.
    network: 'host',
    spec: {
      name: 'whois',
      title: 'Whois',
      description: 'Look up the registration of a domain name or address.',
      command: 'whois',
      target: 'ip_or_host',
      resolve: 'off',
      args: ['--', '{target}'],
      timeoutMs: 30_000,
      concurrency: 2,
      annotations: readOnly,
    },
  },
  {
    spec: {
      name: 'curl_head',
      title: 'HTTP headers by curl',
      description: 'Request the headers of an http or https URL. Redirects are shown, not followed.',
      command: 'curl',
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
  },
  {
    spec: {
      name: 'nmap_discovery',
      title: 'Port discovery',
      description: 'Find open TCP ports by connecting to them. Runs no scripts and sends no crafted packets.',
      command: 'nmap',
      target: 'cidr',
      maxAddresses: 1024,
      args: ['-sT', '-Pn', '-n', '--open', '-T3', '{extraArgs}', '--', '{target}'],
      flags: { '-p': { type: 'ports' }, '--max-retries': { type: 'integer', min: 0, max: 3 } },
      timeoutMs: 300_000,
      concurrency: 1,
      annotations: { ...readOnly, idempotentHint: false },
    },
  },
];

/** Every preset as it is declared. */
export const presetSpecs: readonly CommandToolSpec[] = presets.map(({ spec }) => spec);

export interface PresetProgram {
  readonly name: string;
  readonly program: string;
  readonly installed: boolean;
  readonly intrusive: boolean;
}

/** Every preset, and whether its program is installed. */
export function presetPrograms(): PresetProgram[] {
  return presets.map(({ spec }) => ({
    name: spec.name,
    program: spec.command,
    installed: defineCommandTool(spec).available().ok,
    intrusive: INTRUSIVE_PRESETS.has(spec.name),
  }));
}

/**
 * The presets of a configuration: those it names, or without a list every preset whose program is installed. Intrusive presets need
 * `security.allowIntrusive`. A tool declared under `tools` replaces a preset of the same name that is not listed. A listed
 * preset is offered even when its program is missing: health and calls report that.
 */
export function offeredPresets(values: ServerConfig): ToolDefinition[] {
  const { presets: named, security, tools } = values;
  const wanted = presets.filter(({ spec }) => {
    if (INTRUSIVE_PRESETS.has(spec.name) && !security.allowIntrusive) return false;
    return named ? named.includes(spec.name) : !Object.hasOwn(tools, spec.name);
  });
  const definitions = wanted.map(({ spec, network = 'targets' as const, dns = false }) =>
    defineCommandTool({
      ...spec,
      maxArgsLength: security.maxArgsLength,
      resourceLimits: resourceLimits(undefined, values),
      sandbox: sandboxRequest(values, { command: spec.command, own: undefined, folders: [], network, dns }),
    }),
  );
  return named ? definitions : definitions.filter((definition) => definition.available().ok);
}
