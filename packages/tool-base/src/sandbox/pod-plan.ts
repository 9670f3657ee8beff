/** What the pod of one profile is to be, from the state of this machine now. */

import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';

import { overlaps, type AddressRange } from '../target/address-set.ts';
import { parseNetwork } from '../target/address.ts';
import { LOOPBACK_NETWORKS } from '../target/networks.ts';
import { reachableRanges, without } from '../target/reachable-ranges.ts';
import { ownAddresses } from '../target/reserved-ranges.ts';
import { packetFilterRules, type ClosedPort } from './packet-filter.ts';
import type { PodAddresses } from './pod.ts';
import type { NetworkTargets } from './profile.ts';
import { SandboxError } from './sandbox-error.ts';

export interface PodPlan {
  readonly addresses: PodAddresses;
  readonly ipv6: boolean;
  /** For nft. */
  readonly rules: string;
  /** What programs read as /etc/resolv.conf. */
  readonly resolvConf: string;
  readonly closedPort: ClosedPort;
  /** One that must be refused; `undefined` where the policy allows each of those that could be used. */
  readonly deniedAddress: string | undefined;
}

const RESOLV_CONF = '/etc/resolv.conf';
/** For documentation (RFC 5737) and measurements (RFC 2544), so that hardly anything is there. */
const POD_NETWORKS = ['203.0.113', '198.51.100', '192.0.2', '198.18.255'];
/** slirp4netns has no other for IPv6. */
const SLIRP_NETWORK6 = ranges(['fd00::/64']);
const LOOPBACK = ranges(LOOPBACK_NETWORKS);
/** For documentation, and reserved: no packet arrives there, should one leave. */
const NOWHERE = ['198.51.100.1', '203.0.113.1', '192.0.2.1', '240.0.0.1'];

/** @throws {SandboxError} where a pod could not give programs what the policy allows them */
export async function planPod(targets: NetworkTargets): Promise<PodPlan> {
  const own = ownAddresses();
  const reachable = reachableRanges(targets, own);
  if (reachable.some((range) => LOOPBACK.some((loopback) => overlaps(loopback, range)))) {
    throw new SandboxError('Targets on loopback are this machine alone, and cannot be reached from another network.');
  }
  const addresses = podAddresses([...own, ...reachable]);
  const ipv6 = usesIpv6(reachable, own);
  const closedPort = await findClosedPort();
  const open = without(reachable, SLIRP_NETWORK6).filter(({ family }) => family === 4 || ipv6);
  const nameServer = targets.dns ? addresses.nameServer : undefined;
  return {
    addresses,
    ipv6,
    closedPort,
    rules: packetFilterRules({ reachable: open, nameServer, closedPort }),
    resolvConf: resolvConf(nameServer),
    deniedAddress: deniedAddress(targets),
  };
}

/** An address that no packet may be sent to, for a proof. */
export function deniedAddress(targets: NetworkTargets): string | undefined {
  const reachable = reachableRanges(targets, ownAddresses());
  return NOWHERE.find((address) => ranges([address]).every((one) => !reachable.some((range) => overlaps(range, one))));
}

/** @param taken addresses of this machine and of targets, which would be hidden */
function podAddresses(taken: readonly AddressRange[]): PodAddresses {
  const free = POD_NETWORKS.find((each) => {
    const network = ranges([`${each}.0/24`]);
    return !taken.some((address) => network.some((range) => overlaps(range, address)));
  });
  if (free === undefined)
    throw new SandboxError('This machine and its targets have addresses in every network that a pod could take.');
  return { network: `${free}.0/24`, own: `${free}.100`, gateway: `${free}.2`, nameServer: `${free}.3` };
}

function usesIpv6(reachable: readonly AddressRange[], own: readonly AddressRange[]): boolean {
  const linkLocal = ranges(['fe80::/10']);
  const ownNetworks = without(own, linkLocal).filter(({ family }) => family === 6);
  const reachable6 = reachable.filter(({ family }) => family === 6);
  if (reachable6.length === 0 || ownNetworks.length === 0) return false;
  const isTaken = [reachable6, ownNetworks].every((each) =>
    each.some((range) => SLIRP_NETWORK6.some((taken) => overlaps(taken, range))),
  );
  if (isTaken) throw new SandboxError('This machine is in fd00::/64, which slirp4netns takes for itself.');
  return true;
}

/** A port that was free a moment ago, at an address that reaches this machine from another network. */
async function findClosedPort(): Promise<ClosedPort> {
  const found = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  if (found === undefined) throw new SandboxError('This machine has no address but loopback.');
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const listener = createServer();
  listener.once('error', reject);
  listener.listen(0, found.address, () => {
    const bound = listener.address();
    listener.close(() => resolve(typeof bound === 'object' && bound !== null ? bound.port : 0));
  });
  return { address: found.address, port: await promise };
}

/** The name server of the pod passes queries on to the first IPv4 one of the machine; search lists and options stay. */
function resolvConf(nameServer: string | undefined): string {
  if (nameServer === undefined) return '# The network of this program has no name server.\n';
  const lines = readOrEmpty(RESOLV_CONF).split('\n');
  if (!lines.some((line) => /^\s*nameserver\s+\d+\./.test(line))) {
    throw new SandboxError(`${RESOLV_CONF} names no IPv4 name server; set dns to false for tools that need none.`);
  }
  const kept = lines.filter((line) => /^\s*(?:search|domain|options|sortlist)\s/.test(line));
  return [`nameserver ${nameServer}`, ...kept, ''].join('\n');
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function ranges(texts: readonly string[]): readonly AddressRange[] {
  return texts.map(parseNetwork).filter((range) => range !== undefined);
}
