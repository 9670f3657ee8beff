import type { SandboxLevel, SandboxRequest, SandboxStatus } from '@mcp/tool-base';
import { expect, test } from 'vitest';

import { checkSandboxes, checkStrongestSandbox, trySandboxes, type TriedSandbox } from './sandbox-checks.ts';

const profile = { mode: 'auto', read: [], write: [], network: 'none', syscalls: 'standard' } as const;

function tried(
  level: SandboxLevel | undefined,
  below: readonly string[],
  request: Partial<SandboxRequest> = {},
): TriedSandbox {
  return {
    tools: ['t'],
    requests: [{ ...profile, minimum: 'limits', ...request }],
    status: statusOf(level, below),
  };
}

function statusOf(level: SandboxLevel | undefined, below: readonly string[]): SandboxStatus {
  const network = { by: 'namespace', below: [] } as const;
  return { level, mechanism: level === 'full' ? 'bubblewrap' : 'prlimit', below, network, profile, user: 'mcp-tools' };
}

test.each([
  ['bwrap: setting up uid map: Permission denied', /AppArmor/],
  ['bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted', /AppArmor/],
  ['bwrap: Creating new namespace failed: nesting depth exceeded (ENOSPC)', /user\.max_user_namespaces/],
  ['bwrap: No permissions to create new namespace', /container or the systemd unit forbids namespaces/],
  ["bwrap: Can't mount proc on /newroot/proc: Operation not permitted", /masks \/proc/],
  ['bwrap: openat2: Function not implemented', /RestrictSUIDSGID/],
  ['setpriv: landlock is not supported', /older than 5\.13/],
  ['setpriv: landlock_create_ruleset: Operation not supported', /add landlock to lsm=/],
  ['setpriv: landlock_create_ruleset: not permitted', /SystemCallFilter=landlock_create_ruleset/],
  ["setpriv: unrecognized option '--landlock-access'", /util-linux 2\.40/],
  ['bwrap is missing.', /Install bubblewrap/],
  ['/usr/bin/bwrap is setuid.', /CVE-2026-87766/],
  ['something else', /docs\/sandbox\.md/],
])('%s has a remedy', (reason, remedy) => {
  const [finding] = checkSandboxes([tried('limits', [reason])], 1000);
  expect(finding).toMatchObject({ level: 'warning', action: expect.stringMatching(remedy) as string });
});

test.each<[SandboxLevel | undefined, Partial<SandboxRequest>, string]>([
  ['full', {}, 'ok'],
  ['files', { mode: 'files', minimum: 'files' }, 'ok'],
  ['limits', { minimum: 'files' }, 'problem'],
  [undefined, {}, 'problem'],
])('the level %s for %j is %s', (level, request, expected) => {
  expect(checkSandboxes([tried(level, ['bwrap is missing.'], request)], 1000)[0]).toMatchObject({ level: expected });
});

const TARGETS = { allowed: ['RFC1918'], denied: [], dns: true };

test.each<[SandboxStatus['network'], Partial<SandboxRequest>, string, RegExp]>([
  [{ by: 'pod', below: [] }, {}, 'ok', /network targets, held by a network of its own$/],
  [{ by: 'unit', below: [] }, { needsHeldTargets: true }, 'ok', /held by the address rules/],
  [
    { by: 'text', below: ['slirp4netns is missing: install it.'] },
    {},
    'warning',
    /held by the check of arguments alone/,
  ],
  [
    { by: 'text', below: ['open /dev/net/tun: no'] },
    { needsHeldTargets: true },
    'problem',
    /not enough for its minimum/,
  ],
])('targets held by %j with %j are %s', (network, request, level, message) => {
  const asked = { ...profile, network: 'targets', targets: TARGETS } as const;
  const status = { ...statusOf('full', []), profile: asked, network };
  const found = checkSandboxes([{ ...tried('full', [], { ...asked, ...request }), status }], 1000);
  expect(found).toMatchObject([{ level, message: expect.stringMatching(message) as string }]);
});

test('as root without another user, programs run as root', () => {
  const asRoot = { ...tried('full', []), status: { ...statusOf('full', []), user: undefined } };
  expect(checkSandboxes([asRoot], 0).map(({ level }) => level)).toEqual(['ok', 'warning']);
  expect(checkSandboxes([tried('full', [])], 0).map(({ level }) => level)).toEqual(['ok']);
});

test('what this machine could give is what was tried, with a remedy where there is a stronger level', () => {
  expect(checkStrongestSandbox(statusOf('full', []))).toEqual({
    level: 'ok',
    check: 'strongest sandbox',
    message: 'full: bubblewrap works here',
  });
  const below = ['bwrap: setting up uid map: Permission denied.'];
  expect(checkStrongestSandbox(statusOf('limits', below))).toMatchObject({
    level: 'ok',
    message: 'limits. bwrap: setting up uid map: Permission denied.',
    action: expect.stringContaining('AppArmor') as string,
  });
});

test('a tool is named below its minimum only if it is', async () => {
  const limits = { ...profile, mode: 'limits', network: 'host', syscalls: 'off' } as const;
  const tools = (['limits', 'files'] as const).map((minimum) => ({
    name: `at_least_${minimum}`,
    definition: { sandbox: { ...limits, minimum } },
  }));
  const config = { mode: undefined, minimum: undefined, user: undefined, read: [], maxProfiles: 8 };
  expect(checkSandboxes(await trySandboxes(config, tools), 1000)).toMatchObject([
    { level: 'ok', message: expect.stringMatching(/^at_least_limits: /) as string },
    { level: 'problem', message: expect.stringMatching(/^at_least_files: .* below the minimum/) as string },
  ]);
});
