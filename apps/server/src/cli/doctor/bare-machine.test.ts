/** Machines that lack what nearly every one has: a root without mounts, a user without a home, a root that is read-only. */
import { expect, test, vi } from 'vitest';

import { diagnose } from './doctor.ts';
import { thisMachine } from './machine.ts';
import { checkProcessFolder } from './machine-checks.ts';
import { soundMachine } from './test-support/sound-machine.ts';

const readOnly = Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS' });

test('without /proc no program can be started', () => {
  expect(checkProcessFolder(soundMachine)).toEqual([]);
  expect(checkProcessFolder({ platform: 'darwin', stat: () => undefined })).toEqual([]);
  expect(checkProcessFolder({ platform: 'linux', stat: () => undefined })).toMatchObject([
    { level: 'problem', check: 'processes' },
  ]);
});

test('a program that cannot be tried for want of a temporary folder is a finding', async () => {
  vi.stubEnv('TMPDIR', '/no/such/folder');
  try {
    expect(await thisMachine().startFailure({})).toBe('ENOENT');
  } finally {
    vi.unstubAllEnvs();
  }
});

test('sandboxes that cannot be tried are a finding among the others', async () => {
  const machine = { ...soundMachine, trySandboxes: () => Promise.reject(readOnly), writable: () => false };
  const findings = await diagnose({ flags: [] }, machine);
  const problems = findings.filter(({ level }) => level === 'problem');
  expect(problems.map(({ check }) => check)).toEqual(expect.arrayContaining(['temporary folder', 'sandbox']));
  expect(findings.at(-1)).toMatchObject({ message: 'Sandboxes cannot be tried here (EROFS).' });
});

test('the home of a user without HOME is the one that a start finds', () => {
  expect(thisMachine({ HOME: '/home/ann' }).home).toBe('/home/ann');
  expect(thisMachine({}).home).toMatch(/^\//u);
});
