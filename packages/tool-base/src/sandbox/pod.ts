/**
 * A network of its own around the helper (a pod): user, process and network namespace, a packet filter, and a program that carries
 * packets to the machine's network (slirp4netns or pasta). It needs no privileges. Everything in it ends together: with the server,
 * with the helper, with the program that carries the packets.
 */

/** The programs of the system that make it. */
export interface PodTools {
  readonly unshare: string;
  readonly nft: string;
  readonly slirp4netns: string;
  readonly pasta: string;
}

export const POD_STACKS = ['slirp4netns', 'pasta'] as const;
export type PodStack = (typeof POD_STACKS)[number];

/** The addresses of a pod, all of one network that is nobody's. */
export interface PodAddresses {
  readonly network: string;
  readonly own: string;
  readonly gateway: string;
  readonly nameServer: string;
}

export interface PodOptions {
  readonly stack: PodStack;
  readonly tools: PodTools;
  readonly addresses: PodAddresses;
  readonly ipv6: boolean;
  /** Number of the descriptor from which the rules of the packet filter are read. */
  readonly rulesDescriptor: number;
  /** Of util-linux, for a signal when the server dies. */
  readonly setpriv: string;
}

const INTERFACE = 'tap0';
/** Its own first lines of slirp4netns, and of pasta on machines without a system log. */
const NOISE = "-e 'tapfd=' -e 'to syslog'";

/** What stands before the command that runs in the pod. */
export function podCommand(options: PodOptions): readonly string[] {
  const { tools, setpriv } = options;
  const outer = ['--user', '--map-root-user', '--pid', '--fork', '--kill-child', '--mount-proc'];
  return [setpriv, '--pdeathsig', 'KILL', tools.unshare, ...outer, '/bin/sh', '-c', outerScript(options), 'pod'];
}

/**
 * The first process of the process namespace: when it ends, the kernel ends every other. It ends with the command, with what carries
 * its packets, and with the shell that waits for that.
 */
function outerScript(options: PodOptions): string {
  const { stack, tools } = options;
  return `exec 9<&0
${tools.unshare} --user --map-root-user --net /bin/sh -ec '${innerScript(options)}' pod "$@" <&9 9<&- &
pod=$!
while [ /proc/$pod/ns/net -ef /proc/self/ns/net ]; do sleep 0.005; done
trap 'exit 1' CHLD
(${stackCommand(options)} 2>&1 >/dev/null 9<&- | grep -v ${NOISE} >&2; echo '${stack} ended.' >&2) &
wait`;
}

/** Nothing is sent before the packet filter is there. */
function innerScript({ tools, ipv6, rulesDescriptor }: PodOptions): string {
  const settings = '/proc/sys/net/ipv6/conf/default';
  return [
    'echo "0 0" > /proc/sys/net/ipv4/ping_group_range',
    ...(ipv6 ? [`echo 0 > ${settings}/router_solicitation_delay`, `echo 0 > ${settings}/accept_dad`] : []),
    `${tools.nft} -f - <&${rulesDescriptor}`,
    `until grep -q "^${INTERFACE}.00000000" /proc/net/route; do sleep 0.005; done`,
    ...(ipv6 ? [`until grep -q "^fd00.*${INTERFACE}" /proc/net/if_inet6; do sleep 0.005; done`] : []),
    'exec "$@"',
  ].join('\n');
}

function stackCommand({ stack, tools, addresses, ipv6 }: PodOptions): string {
  const { network, own, gateway, nameServer } = addresses;
  if (stack === 'slirp4netns') {
    const more = ipv6 ? ' --enable-ipv6' : '';
    return `${tools.slirp4netns} --configure --disable-host-loopback --enable-sandbox --enable-seccomp --cidr=${network}${more} $pod ${INTERFACE}`;
  }
  const [, prefix] = network.split('/');
  return (
    `${tools.pasta} --foreground --quiet --config-net --ipv4-only --no-map-gw -t none -u none -T none -U none -a ${own} ` +
    `-n ${prefix} -g ${gateway} --dns-forward ${nameServer} --ns-ifname ${INTERFACE} --runas 0 $pod`
  );
}
