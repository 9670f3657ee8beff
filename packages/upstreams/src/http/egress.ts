/** Which addresses may be connected to. Names are resolved here and nowhere else, so what was checked is what is connected to. */
import type { LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

import {
  embeddedIpv4,
  LOOPBACK_NETWORKS,
  METADATA_NETWORKS,
  PRIVATE_NETWORKS,
  RESERVED_NETWORKS,
  systemLookups,
  ToolError,
  TRANSLATED_NETWORKS,
  type HostLookups,
} from '@mcp/tool-base';

import { ConnectionError } from '../connection/connection-error.ts';

export interface EgressOptions {
  /** Whether the host name of the upstream may lead to private and loopback addresses. @default false */
  readonly private?: boolean;
}

/** Never an upstream. */
const never = blockList([...RESERVED_NETWORKS, ...METADATA_NETWORKS]);

/** That of clouds with the addresses beside it: never an upstream, whatever an IPv6 address makes of it. */
const metadata = blockList(['169.254.0.0/16', ...METADATA_NETWORKS]);

/** Reached from inside only, or translated to an IPv4 address that may be. */
const inside = blockList([...PRIVATE_NETWORKS, ...LOOPBACK_NETWORKS, ...TRANSLATED_NETWORKS]);

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
  if (never.check(address, family) || embeddedIpv4(address).some((embedded) => metadata.check(embedded, 'ipv4'))) {
    return 'is link-local, multicast or a metadata service, which is never allowed';
  }
  if (!allowed && inside.check(address, family))
    return 'is private or loopback, which egress.private: true would allow';
  return undefined;
}

/**
 * `dns.lookup` that refuses a name as soon as one of its addresses may not be connected to. It shares the look-ups of the target
 * policies, one at a time for each name: otherwise a name server that does not answer would take the threads of all others.
 */
export function checkedLookup(
  options: EgressOptions,
  lookups: Pick<HostLookups, 'resolve'> = systemLookups,
): LookupFunction {
  const addressesOf = async (hostname: string, family: number): Promise<LookupAddress[]> => {
    const found = await lookups.resolve(hostname, { caller: `upstream ${hostname}` }).catch((error: unknown) => {
      throw unresolved(hostname, error);
    });
    for (const address of found) {
      const problem = addressProblem(address, options);
      if (problem !== undefined) throw refused(hostname, address, problem);
    }
    const addresses = found.map((address) => ({ address, family: isIP(address) }));
    return family === 0 ? addresses : addresses.filter((each) => each.family === family);
  };
  const answer = async (
    hostname: string,
    family: number,
    all: boolean,
    callback: Parameters<LookupFunction>[2],
  ): Promise<void> => {
    let addresses: LookupAddress[];
    try {
      addresses = await addressesOf(hostname, family);
    } catch (error) {
      callback(error as NodeJS.ErrnoException, '', 0);
      return;
    }
    const [first] = addresses;
    if (all) callback(null, addresses);
    else callback(null, first?.address ?? '', first?.family ?? 0);
  };
  return (hostname, given, callback) => {
    const family = given.family === 'IPv4' ? 4 : given.family === 'IPv6' ? 6 : (given.family ?? 0);
    void answer(hostname, family, given.all === true, callback);
  };
}

function unresolved(host: string, cause: unknown): ConnectionError {
  const isUnknown = cause instanceof ToolError && cause.type === 'validation_error';
  const what = isUnknown ? 'its name has no address' : 'its name could not be resolved just now';
  return new ConnectionError('unreachable', `No connection to ${host}: ${what}.`, { mayHaveRun: false, cause });
}

/**
 * Why the address that stands in a URL itself may not be connected to, or undefined. It was chosen by the operator, so only one that is
 * never allowed is refused.
 */
export function literalProblem(url: URL): string | undefined {
  const host = hostOf(url);
  return isIP(host) === 0 ? undefined : addressProblem(host, { private: true });
}

/** @throws {ConnectionError} `refused_address` for one with a {@link literalProblem} */
export function checkLiteral(url: URL): void {
  const problem = literalProblem(url);
  if (problem !== undefined) throw refused(hostOf(url), hostOf(url), problem);
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function refused(host: string, address: string, problem: string): ConnectionError {
  const where = host === address ? address : `${host}, which resolves to ${address}`;
  return new ConnectionError('refused_address', `Not connected to ${where}: the address ${problem}.`, {
    mayHaveRun: false,
  });
}
