/** Which addresses may be connected to. Names are resolved here and nowhere else, so what was checked is what is connected to. */
import { lookup as resolveName, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

import { ConnectionError } from '../connection/connection-error.ts';

export interface EgressOptions {
  /** Whether the host name of the upstream may lead to private and loopback addresses. @default false */
  readonly private?: boolean;
}

/** Never an upstream: link-local with the metadata services of clouds, multicast, broadcast and unspecified addresses. */
const never = blockList([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  'fe80::/10',
  'ff00::/8',
  'fd00:ec2::254/128',
  'fd20:ce::254/128',
]);

/** Reached from inside only; the last two are translated to IPv4. */
const inside = blockList([
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '::1/128',
  'fc00::/7',
  '64:ff9b::/96',
  '2002::/16',
]);

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4');
  }
  return list;
}

/** Why an address may not be connected to, or undefined. */
function addressProblem(address: string, { private: allowed = false }: EgressOptions): string | undefined {
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (never.check(address, family)) {
    return 'is link-local, multicast or a metadata service, which is never allowed';
  }
  if (!allowed && inside.check(address, family))
    return 'is private or loopback, which egress.private: true would allow';
  return undefined;
}

/** `dns.lookup` that refuses a name as soon as one of its addresses may not be connected to. */
export function checkedLookup(options: EgressOptions): LookupFunction {
  return (hostname, given, callback) => {
    resolveName(hostname, { ...given, all: true }, (error, found) => {
      if (error) return callback(error, '', 0);
      const addresses: LookupAddress[] = found;
      for (const { address } of addresses) {
        const problem = addressProblem(address, options);
        if (problem !== undefined) return callback(refused(hostname, address, problem), '', 0);
      }
      if (given.all === true) return callback(null, addresses);
      const [first] = addresses;
      callback(null, first?.address ?? '', first?.family ?? 0);
    });
  };
}

/**
 * Addresses and `localhost` that stand in the URL itself were chosen by the operator; only those that are never allowed are refused.
 * @throws {ConnectionError} `refused_address`
 */
export function checkLiteral(url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 0) return;
  const problem = addressProblem(host, { private: true });
  if (problem !== undefined) throw refused(host, host, problem);
}

function refused(host: string, address: string, problem: string): ConnectionError {
  const where = host === address ? address : `${host}, which resolves to ${address}`;
  return new ConnectionError('refused_address', `Not connected to ${where}: the address ${problem}.`, {
    mayHaveRun: false,
  });
}
