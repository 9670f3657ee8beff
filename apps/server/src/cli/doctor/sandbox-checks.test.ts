import type { SandboxLevel, SandboxRequest, SandboxStatus } from '@mcp/tool-base';
import { expect, test } from 'vitest';

import { checkSandboxes, checkStrongestSandbox, type TriedSandbox } from './sandbox-checks.ts';

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
  return { level, mechanism: level === 'full' ? 'bubblewrap' : 'prlimit', below, profile, user: 'mcp-tools' };
}

test.each([
  ['bwrap: setting up uid map: Permission denied', /AppArmor/],
  ['bwrap: loopback: Failed RTM_NEWADDR: Operation not permitted', /AppArmor/],
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
