/** Programs of ours that try to get out of each level, on this machine as it is. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLauncher } from '../index.ts';
import type { ProgramSpec } from '../launcher/program.ts';
import { isInstalled } from '../test-support/claimed-programs.ts';
import { SYSTEM_TOOLS } from './confinement.ts';

import type { SandboxRequest } from './profile.ts';
import { SandboxLauncher } from './sandbox-launcher.ts';

const BASE: SandboxRequest = {
  mode: 'auto',
  read: [],
  write: [],
  network: 'host',
  syscalls: 'standard',
  minimum: 'limits',
};

interface Ran {
  readonly code: number | null;
  readonly text: string;
}

async function shell(launcher: SandboxLauncher, script: string, sandbox: SandboxRequest): Promise<Ran> {
  const args = ['-c', script].map((text) => ({ text, role: 'fixed' as const }));
  const spec: ProgramSpec = { program: '/bin/sh', args, maxOutputBytes: 65_536, graceMs: 1000, sandbox };
  let text = '';
  const end = await launcher.run(spec, { onOutput: (_, bytes) => void (text += Buffer.from(bytes).toString()) });
  if (!end.started) throw new Error(`not started: ${end.code}`);
  return { code: end.exitCode, text: text.trim() };
}

/** setpriv of util-linux 2.40 or later; another may stand in for the one of an older system. */
const SETPRIV = process.env['TEST_SETPRIV'] ?? SYSTEM_TOOLS.setpriv;

const folder = mkdtempSync(join(tmpdir(), 'escapes-'));
const key = join(folder, 'api-key');
const readable = join(folder, 'readable');
const writable = join(folder, 'writable');

beforeAll(() => {
  writeFileSync(key, 'secret-key', { mode: 0o600 });
  mkdirSync(readable);
  mkdirSync(writable);
  writeFileSync(join(readable, 'hello'), '#!/bin/sh\necho hello\n', { mode: 0o755 });
  symlinkSync('/etc/shadow', join(writable, 'link'));
  process.env['CANARY_VARIABLE'] = 'canary-of-the-server';
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function levelOf(launcher: SandboxLauncher, profile: SandboxRequest): Promise<string | undefined> {
  await launcher.prepare([profile]);
  return launcher.sandboxOf(profile)?.level;
}

async function open(): Promise<SandboxLauncher> {
  const tools = { ...SYSTEM_TOOLS, setpriv: SETPRIV };
  return new SandboxLauncher({ plain: await createLauncher(), tools });
}

/** Whether the level holds here; a level that `TEST_CLAIMS` names and that does not hold fails the tests instead. */
async function holds(level: 'full' | 'files'): Promise<boolean> {
  await using launcher = await open();
  const request: SandboxRequest = { ...BASE, mode: level };
  if ((await levelOf(launcher, request)) === level) return true;
  const claimed =
    level === 'full'
      ? isInstalled('bwrap') && (process.env['TEST_CLAIMS'] ?? '').includes('bwrap')
      : process.env['TEST_SETPRIV'];
  if (claimed)
    throw new Error(`The level ${level} is claimed and does not hold: ${launcher.sandboxOf(request)?.below.join(' ')}`);
  return false;
}

/** Ends nothing else: the parent is signalled only if it is a helper of this package. */
const KILL_OWN_HELPER = `tr '\\0' ' ' < /proc/$PPID/cmdline | grep -q helper-main && kill -9 $PPID`;

const HOLDS = { full: await holds('full'), files: await holds('files') };

describe.each(['full', 'files'] as const)('at the level %s', (level) => {
  describe.runIf(HOLDS[level])('a program', () => {
    const request: SandboxRequest = { ...BASE, mode: level, minimum: level, read: [readable], write: [writable] };
    let launcher: SandboxLauncher;
    const run = (script: string, more: Partial<SandboxRequest> = {}): Promise<Ran> =>
      shell(launcher, script, { ...request, ...more });
    beforeAll(async () => {
      launcher = await open();
      await launcher.prepare([request]);
    });
    afterAll(() => launcher[Symbol.asyncDispose]());

    test('cannot read a private file of the server, nor follow a link to one', async () => {
      const { text } = await run(`cat ${key}; cat ${writable}/link; echo end`);
      expect(text).toMatch(/end$/);
      expect(text).not.toContain('secret-key');
      expect(text).not.toContain('root:');
    });

    test('sees no environment of the server', async () => {
      const { text } = await run(`cat /proc/${process.pid}/environ /proc/*/environ | tr '\\0' '\\n'`);
      expect(text).not.toContain('canary-of-the-server');
    });

    test('signals the server only where the documents say so', async () => {
      const { text } = await run(`kill -0 ${process.pid} 2>/dev/null && echo signalled || echo not`);
      expect(text).toBe(level === 'full' ? 'not' : 'signalled');
    });

    test('writes in its private folder and where it may, and nowhere else', async () => {
      const { text } = await run(
        `for f in . "$HOME" "$TMPDIR" ${writable} ${readable} ${folder} /usr /etc /var /root /tmp /tmp/.. /dev /dev/shm; do ` +
          `(echo x > $f/written) 2>/dev/null && echo "$f" || true; done`,
      );
      const [own, home, temporary, ...others] = text.split('\n');
      expect([own, home]).toEqual(['.', temporary]);
      expect(others).toEqual([writable]);
      expect(readFileSync(join(writable, 'written'), 'utf8')).toBe('x\n');
    });

    test('reads and executes what it was given', async () => {
      expect(await run(`${readable}/hello`)).toEqual({ code: 0, text: 'hello' });
    });

    test('cannot mount, make namespaces or gain privileges', async () => {
      const { text } = await run(
        'mount -t tmpfs none /tmp 2>/dev/null && echo mounted; mount -o remount,rw /usr 2>/dev/null && echo remounted; ' +
          'unshare -Ur true 2>/dev/null && echo unshared; chroot / true 2>/dev/null && echo changed root; ' +
          'grep -E "^(NoNewPrivs|Seccomp|CapEff|CapPrm):" /proc/self/status',
      );
      expect(text.replaceAll('\t', ' ').split('\n')).toEqual([
        'CapPrm: 0000000000000000',
        'CapEff: 0000000000000000',

        'NoNewPrivs: 1',
        'Seccomp: 2',
      ]);
    });

    test('without network reaches none', async () => {
      const { text } = await run(
        `perl -MSocket -e 'socket(my $s, PF_INET, SOCK_STREAM, 0) or print("no socket\\n"), exit; ` +
          `connect($s, sockaddr_in(6379, inet_aton("127.0.0.1"))) or print("not connected\\n")'`,
        { network: 'none' },
      );
      expect(text).toBe(level === 'full' ? 'not connected' : 'no socket');
    });

    test('has the outcome that it has without a sandbox', async () => {
      await expect(run('exit 3')).resolves.toEqual({ code: 3, text: '' });
      await expect(run('kill -SEGV $$')).resolves.toEqual({ code: null, text: '' });
      await expect(run('exec /no/such/program')).resolves.toMatchObject({ code: 127 });
      const args: ProgramSpec['args'] = [];
      const spec: ProgramSpec = { program: '/no/such', args, maxOutputBytes: 10, graceMs: 10, sandbox: request };
      expect(await launcher.run(spec, { onOutput: () => undefined })).toEqual({ started: false, code: 'ENOENT' });
    });

    test('finds names, certificates, locale and time zone', async () => {
      const { text } = await run(
        'getent hosts localhost >/dev/null && echo names; locale charmap; date +%Z; test -r /etc/ssl/certs/ca-certificates.crt && echo certificates',
      );
      expect(text.split('\n')).toEqual(['names', 'UTF-8', expect.stringMatching(/^[A-Z]+$/), 'certificates']);
    });

    test('that kills its helper fails itself, and the next one works', async () => {
      await expect(run(KILL_OWN_HELPER)).rejects.toMatchObject({ type: 'unavailable' });
      const again = (): Promise<Ran | undefined> => run('echo again').catch(() => undefined);
      await expect.poll(again, { timeout: 10_000 }).toEqual({ code: 0, text: 'again' });
    });
  });
});

test.runIf(HOLDS.full)('at the level full only the processes of the profile are visible', async () => {
  await using launcher = await open();
  const { text } = await shell(launcher, 'ls -d /proc/[0-9]*', { ...BASE, mode: 'full' });
  expect(text.split('\n').length).toBeLessThan(10);
});

test.runIf(HOLDS.full)('at the level full a helper that is killed ends no program of another profile', async () => {
  await using launcher = await open();
  const request: SandboxRequest = { ...BASE, mode: 'full' };
  const other: SandboxRequest = { ...request, read: [readable] };
  await launcher.prepare([request, other]);
  const waiting = shell(launcher, 'sleep 1; echo finished', other);
  await expect(shell(launcher, KILL_OWN_HELPER, request)).rejects.toMatchObject({ type: 'unavailable' });
  await expect(waiting).resolves.toEqual({ code: 0, text: 'finished' });
});
