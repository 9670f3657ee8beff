/** Programs of ours in networks that reach their targets alone, with a network of the test around them. Needs root to build that. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readProcess, readProcessTable } from '../launcher/processes/process-table.ts';
import { isInstalled } from '../test-support/claimed-programs.ts';
import type { SandboxRequest } from './profile.ts';

const INDEX = new URL('../index.ts', import.meta.url).href;
const NODE: readonly [string, ...string[]] = [
  process.execPath,
  '--conditions=@mcp/source',
  '--disable-warning=ExperimentalWarning',
];

const folder = mkdtempSync(join(tmpdir(), 'pod-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o755 });
  return path;
}

/** Everything that is reached: a web server on each address, a name server that knows one name. */
const PEER = file(
  'peer.mjs',
  `
  import { createServer } from 'node:http';
  import { createSocket } from 'node:dgram';
  createServer((_, response) => response.end('hello')).listen(80, '::');
  const names = createSocket('udp4');
  names.on('message', (query, from) => {
    const isA = query.readUInt16BE(query.length - 4) === 1 || query.includes(Buffer.from([0, 1, 0, 1]));
    const end = query.indexOf(0, 12) + 5;
    const head = Buffer.from([query[0], query[1], 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 77, 0, 2]);
    names.send(Buffer.concat([head, query.subarray(12, end), ...(isA ? [answer] : [])]), from.port, from.address);
  });
  names.bind(53, '10.77.0.2', () => console.log('peer'));
`,
);

/** A machine with one neighbour. Its processes end with it. */
const MACHINE = file(
  'machine.sh',
  `set -e
  ip link set lo up
  echo "0 2147483647" > /proc/sys/net/ipv4/ping_group_range
  echo "nameserver 10.77.0.2" > ${folder}/resolv.conf
  mount --bind ${folder}/resolv.conf "$(readlink -f /etc/resolv.conf)"
  unshare --net sleep 600 & peer=$!
  while [ /proc/$peer/ns/net -ef /proc/self/ns/net ]; do sleep 0.01; done
  ip link add one type veth peer name two netns $peer
  ip addr add 10.77.0.1/24 dev one
  ip addr add fd77::1/64 dev one nodad
  ip link set one up
  ip route add default via 10.77.0.2
  nsenter -t $peer -n sh -ec 'ip link set lo up; ip link set two up; for a in 10.77.0.2/24 10.77.0.4/24 172.31.0.1/32; do ip addr add $a dev two; done
    ip addr add fd77::2/64 dev two nodad; ip addr add fd77::4/64 dev two nodad'
  nsenter -t $peer -n ${process.execPath} ${PEER} > ${folder}/peer.out &
  until grep -q peer ${folder}/peer.out 2>/dev/null; do sleep 0.01; done
  exec "$@"
`,
);

/** Runs each script with each request, and prints what came of it. */
const DRIVER = file(
  'driver.mjs',
  `
  import { createLauncher, SandboxLauncher } from ${JSON.stringify(INDEX)};
  import { createServer } from 'node:http';
  const { runs, tools, waits } = JSON.parse(process.argv[2]);
  // Something that answers on this machine, should it be reached.
  if (!waits) createServer((_, response) => response.end('the machine')).listen(80, '0.0.0.0').unref();
  const launcher = new SandboxLauncher({ plain: await createLauncher(), tools });
  const results = [];
  for (const { script, sandbox } of runs) {
    const args = ['-c', script].map((text) => ({ text, role: 'fixed' }));
    let text = '';
    const end = await launcher
      .run({ program: '/bin/bash', args, maxOutputBytes: 65536, graceMs: 500, sandbox }, {
        onOutput: (_, bytes) => { text += Buffer.from(bytes).toString(); if (waits) process.stdout.write(bytes); },
      })
      .catch((error) => ({ error: error.message }));
    results.push({ ...end, text: text.trim(), status: launcher.sandboxOf(sandbox) });
  }
  await launcher[Symbol.asyncDispose]();
  console.log(JSON.stringify(results));
`,
);

const TARGETS = { allowed: ['10.77.0.0/24', 'fd77::/64'], denied: ['10.77.0.4', 'fd77::4'], dns: true };
const BASE: SandboxRequest = {
  mode: 'full',
  minimum: 'full',
  read: [],
  write: [],
  network: 'targets',
  targets: TARGETS,
  needsHeldTargets: true,
  syscalls: 'standard',
};

interface Ran {
  readonly exitCode?: number | null;
  readonly error?: string;
  readonly text: string;
  readonly status?: { readonly level?: string; readonly network: { readonly by: string; readonly below: string[] } };
}

interface Run {
  readonly script: string;
  readonly sandbox: SandboxRequest;
}

/** @param before a shell command of the machine */
function runAll(runs: readonly Run[], tools: Readonly<Record<string, string>> = {}, before = 'true'): readonly Ran[] {
  const machine = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '/bin/sh', MACHINE];
  const { stdout, stderr } = spawnSync(
    '/usr/bin/unshare',
    [...machine, '/bin/sh', '-ec', `${before}; exec "$@"`, 'machine', ...NODE, DRIVER, JSON.stringify({ runs, tools })],
    { encoding: 'utf8', timeout: 150_000 },
  );
  const last = stdout.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('[')) throw new Error(`The machine of the test did not work: ${stderr}`);
  return JSON.parse(last) as Ran[];
}

const IS_CLAIMED = (process.env['TEST_CLAIMS'] ?? '').includes('slirp4netns');
const NEEDED = ['bwrap', 'nft', 'slirp4netns', 'curl', 'ping', 'ip'].map(isInstalled);
/** Where it is claimed, the tests fail if the network of the test cannot be built. */
const CAN_BUILD =
  NEEDED.every(Boolean) && (IS_CLAIMED || spawnSync('/usr/bin/unshare', ['--net', 'true']).status === 0);

describe.runIf(CAN_BUILD)('in a network of its own', () => {
  const answers = new Map<string, Ran>();
  const scripts = {
    allowed: 'curl -m 5 -sS http://10.77.0.2/',
    allowedIpv6: 'curl -m 5 -sS http://[fd77::2]/',
    closed: 'echo > /dev/tcp/10.77.0.2/81',
    denied: 'echo > /dev/tcp/10.77.0.4/80',
    deniedIpv6: 'echo > /dev/tcp/fd77::4/80',
    outside: 'echo > /dev/tcp/172.31.0.1/80',
    machine: 'echo > /dev/tcp/10.77.0.1/80',
    metadata: 'echo > /dev/tcp/169.254.169.254/80',
    gateway: 'echo > /dev/tcp/$(cut -d" " -f2 /etc/resolv.conf | sed s/3$/2/)/80',
    nameServer: 'echo > /dev/tcp/$(cut -d" " -f2 /etc/resolv.conf)/80',
    name: 'getent ahostsv4 peer.test',
    byName: 'curl -4 -m 5 -sS http://peer.test/',
    udp: 'echo x > /dev/udp/172.31.0.1/9',
    pingAllowed: 'ping -n -c1 -W2 10.77.0.2',
    pingDenied: 'ping -n -c1 -W2 10.77.0.4',
    pingDead: 'ping -n -c1 -W1 10.77.0.99',
    flush:
      'nft flush ruleset; nft add rule inet targets output accept; ip link set tap0 down; ip addr add 10.77.0.1/24 dev tap0; echo > /dev/tcp/10.77.0.4/80',
    leave:
      'nsenter --net=/proc/1/ns/net true; unshare -Urn true; ls /proc/*/ns/net | wc -l; echo > /dev/tcp/172.31.0.1/80',
    spoof:
      'perl -MSocket -e \'socket(my $s, 17, 3, 0) or print "no packet socket\\n"; socket($s, 2, 3, 255) or print "no raw socket\\n"\'',
  } as const;
  beforeAll(() => {
    const runs = Object.values(scripts).map((script) => ({ script, sandbox: BASE }));
    const results = runAll(runs);
    Object.keys(scripts).forEach((name, at) => answers.set(name, results[at]!));
  }, 180_000);
  const ran = (name: keyof typeof scripts): Ran => answers.get(name)!;

  test('a target answers, over both families and by its name', () => {
    expect(ran('allowed')).toMatchObject({ text: 'hello', status: { level: 'full', network: { by: 'pod' } } });
    expect(ran('allowedIpv6').text).toBe('hello');
    expect(ran('name').text).toMatch(/^10\.77\.0\.2 /);
    expect(ran('byName').text).toBe('hello');
  });

  test.each(['denied', 'deniedIpv6', 'outside', 'machine', 'metadata', 'gateway', 'nameServer'] as const)(
    '%s is refused, whatever the arguments say',
    (name) => {
      expect(ran(name)).toMatchObject({
        exitCode: 1,
        text: expect.stringContaining('Connection refused') as string,
      });
    },
  );

  test('a closed port is refused, too, and does not look like silence', () => {
    expect(ran('closed').text).toContain('Connection refused');
  });

  test('a datagram to another address is refused to its sender', () => {
    expect(ran('udp').text).toContain('Operation not permitted');
  });

  test('ping tells what answers, what is filtered and what is dead', () => {
    expect(ran('pingAllowed')).toMatchObject({
      exitCode: 0,
      text: expect.stringContaining(' 0% packet loss') as string,
    });
    expect(ran('pingDenied').text).toContain('Packet filtered');
    expect(ran('pingDead').text).toContain('100% packet loss');
  });

  test('a program cannot change the rules or leave the network', () => {
    expect(ran('flush').text).toContain('Operation not permitted');
    expect(ran('flush').text).toContain('Connection refused');
    expect(ran('leave').text).toContain('Connection refused');
    expect(ran('spoof').text).toBe('no packet socket\nno raw socket');
  });
});

describe.runIf(CAN_BUILD)('around a network of its own', () => {
  const allowed = 'curl -m 5 -sS http://10.77.0.2/';
  const best: SandboxRequest = { ...BASE, mode: 'auto', minimum: 'limits', needsHeldTargets: false };

  test('other targets are in force for the next program, and names can be left out', () => {
    const changed = { ...BASE, targets: { ...TARGETS, denied: ['10.77.0.2'] } };
    const nameless = { ...BASE, targets: { ...TARGETS, dns: false } };
    const [before, after, name] = runAll([
      { script: allowed, sandbox: BASE },
      { script: 'echo > /dev/tcp/10.77.0.2/80', sandbox: changed },
      { script: 'getent hosts peer.test', sandbox: nameless },
    ]);
    expect(before).toMatchObject({ text: 'hello' });
    expect(after?.text).toContain('Connection refused');
    expect(name).toMatchObject({ exitCode: 2, text: '' });
  });

  test.each([
    ['nothing that carries packets', { slirp4netns: join(folder, 'no'), pasta: join(folder, 'no') }, 'is missing'],
    ['one that does nothing', { slirp4netns: '/bin/true', pasta: join(folder, 'no') }, 'slirp4netns ended.'],
    ['no packet filter', { nft: join(folder, 'no') }, 'is missing'],
    ['a packet filter that does nothing', { nft: '/bin/true' }, 'an address that is no target is not refused'],
  ])('with %s the check of arguments remains, or nothing runs', (_, tools, reason) => {
    const [open, held] = runAll(
      [
        { script: allowed, sandbox: best },
        { script: allowed, sandbox: BASE },
      ],
      tools,
    );
    expect(open).toMatchObject({ text: 'hello', status: { level: 'full', network: { by: 'text' } } });
    expect(open?.status?.network.below.join(' ')).toContain(reason);
    expect(held).toMatchObject({
      error: 'This tool needs a network that reaches its targets alone; this machine gives none.',
      text: '',
    });
  });

  test.runIf(isInstalled('pasta'))('a pasta is used only if a closed port does not look like silence', () => {
    const [ran] = runAll(
      [
        {
          script: 'echo > /dev/tcp/10.77.0.2/81',
          sandbox: { ...best, targets: { ...TARGETS, allowed: ['10.77.0.0/24'] } },
        },
      ],
      {
        slirp4netns: join(folder, 'no'),
      },
    );
    const { by, below } = ran!.status!.network;
    const isHonest = by === 'pod' || below.join(' ').includes('a closed port looks like one that does not answer');
    expect(isHonest).toBe(true);
    expect(ran?.text).toContain('Connection refused');
  });

  test('address rules around the server are found by a packet that they refuse', () => {
    const script = 'nft add table ip rules; nft add chain ip rules out "{ type filter hook output priority 0; }"';
    const rules = `${script}; nft add rule ip rules out ip daddr != { 10.77.0.0/24, 127.0.0.0/8 } drop`;
    const [ran] = runAll([{ script: allowed, sandbox: BASE }], { nft: join(folder, 'no') }, rules);
    expect(ran).toMatchObject({ text: 'hello', status: { level: 'full', network: { by: 'unit' } } });
  });

  test('targets on loopback are never looked for in another network', () => {
    const [ran] = runAll([{ script: 'true', sandbox: { ...best, targets: { ...TARGETS, allowed: ['loopback'] } } }]);
    expect(ran?.status?.network).toMatchObject({ by: 'text', below: [expect.stringContaining('loopback')] });
  });
});

describe.runIf(CAN_BUILD)('no process is left', () => {
  /** Ignore TERM, in a session of their own as well. */
  const script = 'trap "" TERM; (setsid sh -c \'trap "" TERM; sleep 600\' &); echo started; sleep 600';
  const targets = { ...TARGETS, allowed: ['10.77.0.0/24'] };

  async function startServer(): Promise<{ readonly pid: number; readonly below: ReadonlyMap<number, string> }> {
    const runs = [{ script, sandbox: { ...BASE, targets } }];
    const [program, ...args] = [...NODE, DRIVER, JSON.stringify({ runs, tools: {}, waits: true })];
    const server = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    servers.push(() => server.kill('SIGKILL'));
    await new Promise<void>((resolve, reject) => {
      server.stdout.once('data', () => resolve());
      server.once('exit', () => reject(new Error('It ended before the program was started.')));
    });
    return { pid: server.pid!, below: descendants(server.pid!) };
  }
  const servers: (() => void)[] = [];
  afterAll(() => {
    for (const end of servers) end();
  });

  /** With their start times, as ids are used again. */
  function descendants(pid: number): ReadonlyMap<number, string> {
    const table = readProcessTable();
    const found = new Map<number, string>();
    const add = (parent: number): void => {
      for (const [id, entry] of table) {
        if (entry.parent !== parent) continue;
        found.set(id, entry.startTime);
        add(id);
      }
    };
    add(pid);
    return found;
  }
  const isLeft = ([pid, startTime]: readonly [number, string]): boolean => {
    const entry = readProcess(pid);
    return entry?.startTime === startTime && !entry.ended;
  };
  const commandOf = (pid: number): string =>
    spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
  const kill = (pid: number, signal: NodeJS.Signals): void => void process.kill(pid, signal);

  /** Process ids begin again at 1, so their order says nothing. */
  const isHelperInPod = (pid: number): boolean =>
    commandOf(pid).startsWith(process.execPath) && commandOf(pid).includes('"pod":');

  type KillOne = (server: number, below: readonly number[]) => void;
  const killing =
    (what: string, which = -1): KillOne =>
    (_, below) =>
      kill(below.filter((pid) => commandOf(pid).startsWith(what)).at(which)!, 'SIGKILL');

  test.each<readonly [string, KillOne]>([
    ['the server', (server) => kill(server, 'SIGKILL')],
    [
      'the server while everything else is stopped',
      (server, below) => {
        for (const pid of below) kill(pid, 'SIGSTOP');
        kill(server, 'SIGKILL');
      },
    ],
    ['what carries packets', killing('/usr/bin/slirp4netns')],
    ['the helper', (_, below) => kill(below.find(isHelperInPod)!, 'SIGKILL')],
    ['the first process', killing('/bin/sh -c exec 9', 0)],
    ['what waits for what carries packets', killing('/bin/sh -c exec 9', 1)],
    ['the first of bubblewrap', killing('/usr/bin/bwrap')],
    ['the outermost', killing('/usr/bin/unshare --user --map-root-user --pid')],
  ])('when %s is killed', async (_, killOne) => {
    const { pid, below } = await startServer();
    expect(below.size).toBeGreaterThan(8);
    // It waits for the end of the server, and becomes another program then.
    const waiting = new Set([...below.keys()].filter((each) => commandOf(each).includes('mcp-clean-up')));
    killOne(
      pid,
      [...below.keys()].filter((each) => !waiting.has(each)),
    );
    const own = [...below].filter(([each]) => !waiting.has(each)).filter(([each]) => !isPlainHelper(each, pid));
    await expect.poll(() => own.filter(isLeft).map(([each]) => commandOf(each)), { timeout: 5000 }).toEqual([]);
  });

  /** The helper beside the server, without a sandbox, goes on while the server lives. */
  function isPlainHelper(pid: number, server: number): boolean {
    return (
      readProcess(server)?.ended === false && readProcess(pid)?.parent === server && /^\S*node /.test(commandOf(pid))
    );
  }
});
