/** Checks of what the configuration allows. */

import { isLoopbackHost, isPrivateAddress } from '@mcp/tool-base';

import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { warning, ok, problem, type Finding } from './finding.ts';

/** Prefix lengths. A larger public network belongs to a provider, not to a team. The configuration rejects any below /8. */
const MIN_PUBLIC_PREFIX = 16;
const MIN_IPV6_PREFIX = 32;

export function checkTargets({ security }: ServerConfig): Finding[] {
  const wide = security.allowedTargets.filter(isTooWide);
  const findings = wide.map((entry) =>
    problem(
      'targets',
      `security.allowedTargets holds ${entry}, which is far larger than the network of a team.`,
      'List the networks, host suffixes and hosts that tools need.',
    ),
  );
  if (security.allowedTargets.includes('loopback')) {
    findings.push(
      warning(
        'targets',
        'Tools may reach this machine, including services that trust local callers.',
        'Remove loopback from security.allowedTargets unless a tool needs it.',
      ),
    );
  }
  return findings.length > 0 ? findings : [ok('targets', security.allowedTargets.join(', ') || 'none')];
}

function isTooWide(entry: string): boolean {
  const network = /^(?<address>[0-9a-f.:]+)\/(?<prefix>\d+)$/iu.exec(entry)?.groups;
  if (!network) return false;
  const { address = '', prefix = '' } = network;
  if (address.includes(':')) return Number(prefix) < MIN_IPV6_PREFIX && !/^f[cd]/iu.test(address);
  return Number(prefix) < MIN_PUBLIC_PREFIX && !isPrivateAddress(address);
}

export function checkAccess({ security, server }: ServerConfig): Finding[] {
  if (security.auth === 'none') {
    return [
      warning(
        'access',
        'Authentication is off: every program on this machine may call every tool.',
        'Remove security.auth: none; a key is then generated.',
      ),
    ];
  }
  if (server.transport === 'stdio') return [ok('access', 'stdio: only the process that starts the server can use it')];
  const findings: Finding[] = [];
  const admins = security.apiKeys.filter(({ scopes }) => scopes.includes('admin')).map(({ name }) => name);
  if (admins.length > 1) {
    findings.push(
      warning('access', `${admins.join(', ')} have the scope admin.`, 'Give agents tools:read and tools:call only.'),
    );
  }
  if (!isLoopbackHost(server.host)) {
    findings.push(
      warning(
        'access',
        `HTTP without TLS on ${server.host}: keys are sent in clear text.`,
        'Listen on 127.0.0.1 behind a proxy with TLS, as the deployment guide shows.',
      ),
    );
    if (['0.0.0.0', '::'].includes(server.host) && security.allowedHosts.length === 0) {
      findings.push(
        warning(
          'access',
          `On ${server.host}, requests to an address of this machine are accepted, and requests to a host name are not: security.allowedHosts is empty.`,
          'Add each host:port that clients use to security.allowedHosts, if they use a name or another address.',
        ),
      );
    }
  }
  return findings.length > 0 ? findings : [ok('access', 'a key or token is required')];
}

export function checkIntrusive({ security }: ServerConfig): Finding {
  return security.allowIntrusive
    ? warning(
        'intrusive tools',
        'Presets that scan networks are enabled (security.allowIntrusive).',
        'Disable them unless the owners of the targets agreed.',
      )
    : ok('intrusive tools', 'off');
}
