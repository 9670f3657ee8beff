/** The configuration file that `init` writes: what matters, commented, with what this machine has filled in. */
import { SCOPE_FORMS } from '../../configuration/fields/scope-names.ts';
import type { MachineFacts } from './machine-facts.ts';

export function renderConfiguration({ presets, networks, port, schema }: MachineFacts): string {
  return `# yaml-language-server: $schema=${schema}
#
# Configuration of mcp-server. With the line above, an editor with YAML support completes and checks every key.
# A key that is left out has its default; \`mcp-server --check --config FILE\` prints every value and where it comes from.
# A change takes effect while the server runs, as a whole or, if something is wrong with it, not at all.

security:
  # What tools may be pointed at: RFC1918 (the private networks), an address, a network, a host suffix, a host name.
  # Narrow this to what your agents really need.
${networkHints(networks)}  allowedTargets: [RFC1918, .lab.internal]

  # What they may not reach although it is allowed above.
  deniedTargets: []

  # Who may call over HTTP. Without keys here one is made at the first start and kept in ~/.config/mcp-server/api-key.
  # \`mcp-server keys add my-agent\` creates a key and stores only its hash.
  # A key can also come from the environment (MCP_SECURITY_API_KEY) or a file (MCP_SECURITY_API_KEY_FILE).
  # Scopes: ${SCOPE_FORMS}.
  # apiKeys:
  #   - { name: my-agent, key: change-me-please, scopes: [tools:read, 'tools:call:*'] }

  # How often each caller may call each tool over HTTP: 600 calls a minute, 120 of them at once.
  rateLimit: { requests: 600, window: 60s, burst: 120 }

server:
  # With stdio a desktop client starts the server itself; with http it runs on its own and clients connect.
  transport: stdio
  # For http. This port was free when the file was written. Off loopback, put a proxy that speaks TLS in front.
  host: 127.0.0.1
  port: ${port}

${presetLines(presets)}
# Your own programs. Arguments are a list, never a command line; what is not listed cannot be passed.
tools:
  disk_free:
    title: Free disk space
    description: Free and used space of every mounted file system, in KiB
    command: df
    args: ['-P', '-k']
    timeout: 5s
    annotations: { readOnlyHint: true, openWorldHint: false }

  # The end of a log file that the caller chooses; nothing outside the folder can be named, not even through a link.
  # tail:
  #   description: The last lines of a log file of this machine
  #   command: tail
  #   args: ['-n', '{lines}', '--', '{file}']
  #   parameters:
  #     lines: { type: integer, min: 1, max: 1000, default: 100 }
  #     file: { type: path, within: /var/log, default: syslog }
  #   rateLimit: { requests: 60, window: 60s }

  # With a target that is checked against the lists above, a typed parameter and one allowed flag:
  # trace:
  #   description: Show the hops between this machine and a host
  #   command: traceroute
  #   target: ip_or_host
  #   args: ['-n', '-m', '{hops}', '{extraArgs}', '--', '{target}']
  #   parameters: { hops: { type: integer, min: 1, max: 30, default: 15 } }
  #   flags: { '-w': { type: integer, min: 1, max: 5 } }
  #   timeout: 60s
  #   concurrency: 2

# Tools written in TypeScript or JavaScript: files beside this one.
# modules: [./my-tools.mjs]

# Where the record of every call is kept. Empty is memory: gone after a restart.
database:
  url: ''
  # url: sqlite:audit.db

logging:
  level: info
  # json for machines, pretty for people.
  format: json

# In stdio mode this opens health, metrics and the dashboard on a port of their own.
# metrics:
#   prometheusPort: 9090
`;
}

function presetLines(presets: MachineFacts['presets']): string {
  const ordinary = presets.filter(({ intrusive }) => !intrusive);
  const found = ordinary.filter(({ installed }) => installed).map(({ name }) => name);
  const missing = ordinary
    .filter(({ installed }) => !installed)
    .map(({ name, program }) => (name === program ? name : `${name} (${program})`));
  const lines = ['# Ready-made tools for installed programs; without this key every one that is installed is offered.'];
  if (missing.length > 0) lines.push(`# Not installed on this machine: ${missing.join(', ')}.`);
  lines.push(found.length > 0 ? `presets: [${found.join(', ')}]` : '# presets: [ping, dig]');
  return `${lines.join('\n')}\n`;
}

function networkHints(networks: MachineFacts['networks']): string {
  if (networks.length === 0) return '';
  const lines = networks.map(({ cidr, interface: name }) => `  #   ${cidr.padEnd(18)} (${name})\n`);
  return `  # This machine is in:\n${lines.join('')}`;
}
