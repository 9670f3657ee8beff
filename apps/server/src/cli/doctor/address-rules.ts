/**
 * The target policy as systemd's address rules (systemd.resource-control(5)): the kernel then holds it for the server
 * and for every program it starts, whatever their arguments say.
 *
 * An allowed address wins over a denied one there, and names cannot be written. What the rules cannot say stands in
 * comments, so that nobody takes them for more than they are; the server itself still checks every target.
 */
export interface AddressRuleFacts {
  readonly allowedTargets: readonly string[];
  readonly deniedTargets: readonly string[];
  /** Addresses of the name servers this machine asks. */
  readonly nameServers: readonly string[];
  /** Where clients connect to; `undefined` over stdio. */
  readonly listensOn: string | undefined;
}

const keywords: Readonly<Record<string, readonly string[]>> = {
  RFC1918: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'],
  loopback: ['localhost'],
};
const addressOrNetwork = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]*)(?:\/\d+)?$/iu;

export function renderAddressRules(facts: AddressRuleFacts): string {
  const allowed = facts.allowedTargets.flatMap((entry) => keywords[entry] ?? [entry]);
  const networks = allowed.filter((entry) => entry === 'localhost' || addressOrNetwork.test(entry));
  const names = allowed.filter((entry) => !networks.includes(entry));
  const lines = [
    '# Made by `mcp-server systemd` from security.allowedTargets. Run it again when that changes.',
    '[Service]',
    'IPAddressDeny=any',
    '# This machine: the local resolver, and a proxy in front of the server.',
    'IPAddressAllow=localhost',
    ...rule('The targets.', without(networks, ['localhost'])),
    ...rule(
      'The name servers.',
      without(
        facts.nameServers.filter((one) => !isLoopback(one)),
        networks,
      ),
    ),
  ];
  if (names.length > 0) lines.push(`# Names cannot be written here; add the networks of: ${names.join(', ')}`);
  if (facts.deniedTargets.length > 0) {
    lines.push(`# Inside an allowed network the server alone refuses these: ${facts.deniedTargets.join(', ')}`);
  }
  if (facts.listensOn !== undefined && !isLoopback(facts.listensOn)) {
    lines.push(`# Clients reach the server on ${facts.listensOn}; add the networks they are in:`, '#IPAddressAllow=');
  }
  lines.push('# A database, an identity provider or a trace collector elsewhere needs its address here as well.');
  return `${lines.join('\n')}\n`;
}

/** The addresses on the `nameserver` lines of a resolv.conf(5). */
export function nameServersIn(resolvConf: string): string[] {
  return [...resolvConf.matchAll(/^\s*nameserver\s+(?<address>[0-9a-fA-F.:]+)/gmu)].map(
    ({ groups }) => groups?.['address'] ?? '',
  );
}

function rule(what: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [] : [`# ${what}`, `IPAddressAllow=${entries.join(' ')}`];
}

function without(entries: readonly string[], others: readonly string[]): string[] {
  return [...new Set(entries)].filter((entry) => !others.includes(entry));
}

function isLoopback(address: string): boolean {
  return address === 'localhost' || address === '::1' || address.startsWith('127.');
}
