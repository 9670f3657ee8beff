/** How the programs of each profile are confined on this machine, tried with the very command line of the server. */
import {
  directLauncher,
  isBelow,
  SandboxLauncher,
  type SandboxRequest,
  type SandboxStatus,
  type Tool,
} from '@mcp/tool-base';

import { findUser } from '../../configuration/rules/sandbox-rules.ts';
import type { SandboxConfig } from '../../configuration/fields/sandbox-section.ts';
import { ok, problem, warning, type Finding } from './finding.ts';

/** Tools that ask for the same sandbox and the same minimum, and how it came out. */
export interface TriedSandbox {
  readonly tools: readonly string[];
  readonly requests: readonly SandboxRequest[];
  readonly status: SandboxStatus;
}

/** A tool, or what runs as one. */
export type AskingTool = Pick<Tool, 'name'> & { readonly definition: Pick<Tool['definition'], 'sandbox'> };

export async function trySandboxes(config: SandboxConfig, tools: readonly AskingTool[]): Promise<TriedSandbox[]> {
  await using launcher = launcherOf(config);
  const asked = tools.flatMap(({ name, definition: { sandbox } }) =>
    sandbox === undefined ? [] : [{ name, sandbox }],
  );
  await launcher.prepare(asked.map(({ sandbox }) => sandbox));
  const byProfile = [...Map.groupBy(asked, ({ sandbox }) => launcher.sandboxOf(sandbox))];
  return byProfile.flatMap(([status, same]) => {
    if (status === undefined) return [];
    const alike = Map.groupBy(same, ({ sandbox }) => `${sandbox.minimum} ${sandbox.needsHeldTargets ?? false}`);
    return [...alike.values()].map((group) => ({
      status,
      tools: group.map(({ name }) => name),
      requests: group.map(({ sandbox }) => sandbox),
    }));
  });
}

function launcherOf({ user }: SandboxConfig): SandboxLauncher {
  return new SandboxLauncher({ plain: directLauncher(), user: user === undefined ? undefined : findUser(user) });
}

/** What a tool gets that asks for nothing in particular. */
const STRONGEST = { mode: 'auto', read: [], write: [], network: 'none', syscalls: 'standard' } as const;

export async function strongestSandbox(config: SandboxConfig): Promise<SandboxStatus | undefined> {
  await using launcher = launcherOf(config);
  await launcher.prepare([STRONGEST]);
  return launcher.sandboxOf(STRONGEST);
}

/** Where no tool has shown it: what this machine could give, as tried and not by its settings. */
export function checkStrongestSandbox(status: SandboxStatus | undefined): Finding {
  const level = status?.level ?? 'none';
  const reasons = status === undefined ? '' : status.below.join(' ');
  if (level === 'full') return ok('strongest sandbox', 'full: bubblewrap works here');
  const what = `${level}. ${reasons}`.trim();
  return { ...ok('strongest sandbox', what), ...(reasons !== '' && { action: cureOf(reasons) }) };
}

export function checkSandboxes(tried: readonly TriedSandbox[], uid: number | undefined): Finding[] {
  if (tried.length === 0) return [ok('sandbox', 'no tool runs a program')];
  const asRoot =
    uid === 0 && tried.every(({ status }) => status.user === undefined)
      ? [
          warning(
            'sandbox',
            'Programs run as root. Below the level full they can end every process of root and change its files.',
            'Set sandbox.user to a user of its own: useradd --system mcp-tools',
          ),
        ]
      : [];
  return [...tried.map(checkSandbox), ...asRoot];
}

function checkSandbox({ tools, requests, status }: TriedSandbox): Finding {
  const { level, below, network, profile } = status;
  const who = tools.join(', ');
  const reasons = [...new Set([...requests.flatMap((request) => request.below ?? []), ...below])].join(' ');
  if (level === undefined) return problem('sandbox', `${who}: cannot be started. ${reasons}`, cureOf(reasons));
  const what = `${who}: ${level}${level === 'full' || level === 'files' ? `, ${networkText(status)}` : ''}`;
  if (requests.some(({ minimum }) => isBelow(level, minimum))) {
    return problem('sandbox', `${what}, which is below the minimum. ${reasons}`, cureOf(reasons));
  }
  const networkReasons = network.below.join(' ');
  if (requests.some(({ needsHeldTargets = false }) => needsHeldTargets) && network.by === 'text') {
    return problem(
      'sandbox',
      `${what}, which is not enough for its minimum. ${networkReasons}`,
      podCureOf(networkReasons),
    );
  }
  if (network.below.length > 0 && profile.targets?.shared === undefined && level === 'full') {
    return warning('sandbox', `${what}. ${networkReasons}`, podCureOf(networkReasons));
  }
  if (level === 'full' || (level === 'files' && profile.mode === 'files')) return ok('sandbox', what);
  if (level === 'files') return ok('sandbox', `${what}. ${reasons}`);
  if (profile.mode !== 'auto' && reasons === '') {
    return ok(
      'sandbox',
      `${what}; programs reach every file that the server may: give the tool a sandbox, or set sandbox.mode`,
    );
  }
  return warning('sandbox', `${what}. ${reasons}`, cureOf(reasons));
}

function networkText({ network, profile }: SandboxStatus): string {
  return profile.network === 'targets'
    ? `network targets, held by ${HOLDERS[network.by]}`
    : `network ${profile.network}`;
}

const HOLDERS: Readonly<Record<SandboxStatus['network']['by'], string>> = {
  namespace: 'an empty network',
  filter: 'a filter of system calls',
  pod: 'a network of its own',
  unit: 'the address rules of the systemd unit',
  text: 'the check of arguments alone',
};

/** The same for the network of targets. */
const POD_CURES: readonly (readonly [symptom: RegExp, cure: string])[] = [
  [/loopback/, 'Leave loopback out of security.allowedTargets, or use the address rules of mcp-server systemd.'],
  [/net\/tun/, 'Let the user of the server open /dev/net/tun: it has the mode 0666 where udev runs.'],
  [/nft.*is missing|nftables/, 'Install nftables.'],
  [/slirp4netns is missing/, 'Install slirp4netns.'],
];

function podCureOf(reasons: string): string {
  const cure = POD_CURES.find(([symptom]) => symptom.test(reasons))?.[1];
  return cure ?? 'Use the address rules of mcp-server systemd, or see docs/sandbox.md for what such a network needs.';
}

/** What the tools of the system say, and what helps; the first that fits. */
const CURES: readonly (readonly [symptom: RegExp, cure: string])[] = [
  [/ping_group_range/, 'Set it in /etc/sysctl.d, or leave ping at the level limits.'],
  [
    /uid map|RTM_NEWADDR/,
    'AppArmor keeps bubblewrap from user namespaces: install the profile for bwrap of the package apparmor-profiles.',
  ],
  [/ENOSPC|max_user_namespaces/, 'Raise the sysctl user.max_user_namespaces.'],
  [
    /No permissions to create|Creating new namespace failed|setting up user namespace/i,
    'A container or the systemd unit forbids namespaces: the level files works there, with util-linux 2.40 or later.',
  ],
  [/mount proc/i, 'The container masks /proc: the level files works there, with util-linux 2.40 or later.'],
  [
    /Function not implemented/,
    'RestrictSUIDSGID of the systemd unit or an old kernel forbids it; use the level files.',
  ],
  [
    /disabled|EOPNOTSUPP|Operation not supported/i,
    'Landlock is switched off: add landlock to lsm= on the kernel command line.',
  ],
  [/landlock.*not supported|ENOSYS/i, 'The kernel is older than 5.13, or gVisor: Landlock is not there.'],
  [
    /landlock.*not permitted/i,
    'Add to the systemd unit: SystemCallFilter=landlock_create_ruleset landlock_add_rule landlock_restrict_self',
  ],
  [/unrecognized option/, 'Install util-linux 2.40 or later, as in Debian 13, or bubblewrap.'],
  [/bwrap is missing/, 'Install bubblewrap, or util-linux 2.40 or later.'],
  [/setuid/, 'Install a current bubblewrap that is not setuid, with the fix of CVE-2026-87766.'],
];

function cureOf(reasons: string): string {
  return CURES.find(([symptom]) => symptom.test(reasons))?.[1] ?? 'See docs/sandbox.md for what each level needs.';
}
