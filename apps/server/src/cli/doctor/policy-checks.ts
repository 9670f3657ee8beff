/** Whether what the configuration allows is what a careful operator would allow. */

import type { ServerConfig } from '../../configuration/server-config.ts';
import { advice, ok, problem, type Finding } from './finding.ts';

/** Public networks larger than these are a provider's, not a team's. What is wider than /8 the configuration refuses. */
const WIDEST_PUBLIC = 16;
const WIDEST_IPV6 = 32;

export function checkTargets({ security }: ServerConfig): Finding[] {
  const wide = security.allowedTargets.filter(isTooWide);
  const findings = wide.map((entry) =>
    problem(
      'targets',
      `security.allowedTargets holds ${entry}, which is far more than a team's own machines.`,
      'List the networks, host suffixes and hosts that are meant.',
    ),
  );
  if (security.allowedTargets.includes('loopback')) {
    findings.push(
      advice(
        'targets',
        'Tools may reach this machine itself, with every service that trusts local callers.',
        'Leave loopback out of security.allowedTargets unless a tool needs it.',
      ),
    );
  }
  return findings.length > 0 ? findings : [ok('targets', security.allowedTargets.join(', ') || 'none')];
}

function isTooWide(entry: string): boolean {
  const network = /^(?<address>[0-9a-f.:]+)\/(?<prefix>\d+)$/iu.exec(entry)?.groups;
  if (!network) return false;
  const { address = '', prefix = '' } = network;
  if (address.includes(':')) return Number(prefix) < WIDEST_IPV6 && !/^f[cd]/iu.test(address);
  return Number(prefix) < WIDEST_PUBLIC && !isPrivate(address);
}

function isPrivate(address: string): boolean {
  return /^(?:10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\./u.test(address);
}

export function checkAccess({ security, server }: ServerConfig): Finding[] {
  if (security.auth === 'none') {
    return [
      advice(
        'access',
        'Authentication is off: every program on this machine may call every tool.',
        'Remove security.auth: none; a key is then made by itself.',
      ),
    ];
  }
  if (server.transport === 'stdio') return [ok('access', 'stdio: whoever starts the server may use it')];
  const findings: Finding[] = [];
  const admins = security.apiKeys.filter(({ scopes }) => scopes.includes('admin')).map(({ name }) => name);
  if (admins.length > 1) {
    findings.push(
      advice('access', `${admins.join(', ')} all hold the scope admin.`, 'Give agents tools:read and tools:call only.'),
    );
  }
  if (!isLoopback(server.host)) {
    findings.push(
      advice(
        'access',
        `HTTP without TLS on ${server.host}: keys travel readable.`,
        'Listen on 127.0.0.1 behind a proxy that speaks TLS, as the deployment guide shows.',
      ),
    );
    if (['0.0.0.0', '::'].includes(server.host) && security.allowedHosts.length === 0) {
      findings.push(
        advice(
          'access',
          `On ${server.host} requests for an address of this machine are answered but for no name, since security.allowedHosts is empty.`,
          'List there each host:port that clients use, if they use a name or reach the server through another address.',
        ),
      );
    }
  }
  return findings.length > 0 ? findings : [ok('access', 'a key or token is required')];
}

export function checkIntrusive({ security }: ServerConfig): Finding {
  return security.allowIntrusive
    ? advice(
        'intrusive tools',
        'Presets that scan are offered (security.allowIntrusive).',
        'Switch it off unless the owners of the targets have agreed.',
      )
    : ok('intrusive tools', 'off');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
