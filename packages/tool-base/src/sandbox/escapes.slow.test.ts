/** Programs of ours that try to get out of each level, on this machine as it is. */
import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { processIds, readProcess } from '../launcher/processes/process-table.ts';
import type { ProgramSpec } from '../launcher/program.ts';
import {
  BASE,
  commandOf,
  holds,
  KILL_OWN_HELPER,
  levelOf,
  open,
  SETPRIV,
  shell,
  type Ran,
} from '../test-support/sandboxed-shell.ts';

import type { SandboxRequest } from './profile.ts';
import type { SandboxLauncher } from './sandbox-launcher.ts';

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

/** Eight programs that ignore SIGTERM, each with a child that does so in a session of its own. */
async function serverWithPrograms(sandbox: SandboxRequest): Promise<{
  readonly helpers: readonly number[];
  readonly programs: readonly number[];
  /** It notices nothing more. */
  stop(): void;
  kill(): void;
}> {
  const sleep = `sleep 600.${process.pid}${randomInt(1e6)}`;
  const script = `trap "" TERM; (setsid sh -c 'trap "" TERM; exec ${sleep}' &); echo started; exec ${sleep}`;
  const code = `
    import { createLauncher, SandboxLauncher } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
    const launcher = new SandboxLauncher({ plain: await createLauncher(), tools: { setpriv: ${JSON.stringify(SETPRIV)} } });
    const args = ['-c', ${JSON.stringify(script)}].map((text) => ({ text, role: 'fixed' }));
    const spec = { program: '/bin/sh', args, maxOutputBytes: 1000, graceMs: 500, sandbox: ${JSON.stringify(sandbox)} };
    for (let n = 0; n < 8; n += 1) {
      void launcher.run(spec, { onOutput: (_, bytes) => process.stdout.write(bytes) }).catch(() => undefined);
    }
  `;
  const flags = [
    '--conditions=@mcp/source',
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
    '-e',
    code,
  ];
  const server = spawn(process.execPath, flags, { stdio: ['ignore', 'pipe', 'ignore'] });
  onTestFinished(() => void server.kill('SIGKILL'));
  let text = '';
  server.stdout.on('data', (chunk: Buffer) => void (text += chunk.toString()));
  // A child of a session of its own has another parent by now, so each is found by its command line.
  const running = (what: string): number[] => processIds().filter((pid) => commandOf(pid).startsWith(what));
  await vi.waitFor(
    () => {
      expect(text.match(/started/g)).toHaveLength(8);
      expect(running(sleep)).toHaveLength(16);
    },
    { timeout: 40_000 },
  );
  return {
    helpers: running(process.execPath).filter((pid) => commandOf(pid).includes(`"server":${server.pid},`)),
    programs: running(sleep),
    stop: () => void server.kill('SIGSTOP'),
    kill: () => void server.kill('SIGKILL'),
  };
}

const isRunning = (pid: number): boolean => readProcess(pid)?.ended === false;

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
    }, 60_000);
    afterAll(() => launcher[Symbol.asyncDispose]());

    test('cannot read a private file of the server, nor follow a link to one', async () => {
      const { text } = await run(`cat ${key}; cat ${writable}/link; echo end`);
      expect(text.split('\n')).toContain('end');
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

    test('changes no setting of the kernel, and no memory of its helper', async () => {
      const files = '/proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sysrq-trigger /proc/$PPID/mem';
      const { text } = await run(`for f in ${files}; do (: >> $f) 2>/dev/null && echo $f; done; echo end`);
      expect(text).toBe('end');
    });

    test('opens no descriptor of its helper again, types into no terminal, and is ended first where memory runs out', async () => {
      const { text } = await run(
        '(: < /proc/$PPID/fd/0) 2>/dev/null && echo input; (: > /proc/$PPID/fd/1) 2>/dev/null && echo output; ls /proc/self/fd | wc -l; ' +
          '(: < /dev/tty) 2>/dev/null && echo terminal; for p in self $PPID; do (echo -500 > /proc/$p/oom_score_adj) 2>/dev/null && echo first; done; ' +
          'cat /proc/self/oom_score_adj',
      );
      const own = Number(readFileSync('/proc/self/oom_score_adj', 'latin1'));
      expect(text.split('\n')).toEqual(['4', String(Math.min(1000, own + 500))]);
    });

    test('makes no device, no message queue, and no file that has no folder of its own', async () => {
      const { text } = await run(
        'mknod disk b 8 0 2>/dev/null && echo device; mknod null c 1 3 2>/dev/null && echo null; ' +
          '(: > /dev/shm/file) 2>/dev/null && echo shared memory; (: > /dev/mqueue/queue) 2>/dev/null && echo queue; ' +
          `ln ${readable}/hello hard 2>/dev/null && echo hard link; echo end`,
      );
      expect(text).toBe('end');
    });

    test('is ended with everything of a storm of forks', async () => {
      const stop = new AbortController();
      const storm = `sh -c 'while :; do sh -c "exec sleep 61${process.pid}.5" & [ $((n += 1)) -gt 150 ] && break; done; echo full; wait'`;
      const args = ['-c', storm].map((each) => ({ text: each, role: 'fixed' as const }));
      await launcher.run(
        { program: '/bin/sh', args, maxOutputBytes: 100, graceMs: 100, sandbox: request },
        { signal: stop.signal, onOutput: () => stop.abort() },
      );
      const left = (): number[] => processIds().filter((pid) => commandOf(pid) === `sleep 61${process.pid}.5`);
      await expect.poll(left).toEqual([]);
    });

    test('changes no limit of its helper', async () => {
      const { text } = await run(
        'prlimit --pid $PPID --nofile=1:1 2>/dev/null && echo changed; prlimit --nofile=99:99 && ulimit -n 98 && echo own',
      );
      expect(text).toBe('own');
      expect(await run('echo again')).toEqual({ code: 0, text: 'again' });
    });

    test('leaves no file behind that runs as its owner', async () => {
      const { text } = await run(
        `cd ${writable}; rm -f own; touch own; chmod 4755 own 2>/dev/null; install -m 2755 /bin/true own2 2>/dev/null; stat -c %a own own2`,
      );
      expect(text.split('\n')).toEqual(['600', '600']);
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

    test.each(['', 'while its helper is stopped'])('is gone soon after its server was killed %s', async (stopped) => {
      const server = await serverWithPrograms(request);
      expect(server.programs).toHaveLength(16);
      if (stopped !== '') for (const pid of server.helpers) process.kill(pid, 'SIGSTOP');
      server.kill();
      await expect.poll(() => server.programs.filter(isRunning), { timeout: 5000 }).toEqual([]);
    });

    test('is gone soon after its server and its helper were killed together', async () => {
      const server = await serverWithPrograms(request);
      server.stop();
      for (const pid of server.helpers) process.kill(pid, 'SIGKILL');
      server.kill();
      await expect.poll(() => server.programs.filter(isRunning), { timeout: 15_000 }).toEqual([]);
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

test.runIf(HOLDS.full)('at the level full no program outlives its run, also while another runs', async () => {
  await using launcher = await open();
  const request: SandboxRequest = { ...BASE, mode: 'full' };
  const sleep = (run: number): string => `/bin/sleep 600.${process.pid}${run}`;
  const running = (run: number): number[] => processIds().filter((pid) => commandOf(pid) === sleep(run));
  // Without its session, its environment and its folder.
  const daemon = (run: number): string =>
    `cd /; env -i setsid -f ${sleep(run)}; until grep -qsx sleep /proc/[0-9]*/comm; do :; done; echo started`;
  await expect(shell(launcher, daemon(1), request)).resolves.toEqual({ code: 0, text: 'started' });
  await expect.poll(() => running(1)).toEqual([]);

  const stop = new AbortController();
  const args = ['-c', `setsid -f ${sleep(2)}; exec ${sleep(3)}`].map((text) => ({ text, role: 'fixed' as const }));
  const spec: ProgramSpec = { program: '/bin/sh', args, maxOutputBytes: 10, graceMs: 10, sandbox: request };
  const other = launcher.run(spec, { signal: stop.signal, onOutput: () => undefined });
  await expect.poll(() => [running(2).length, running(3).length], { timeout: 10_000 }).toEqual([1, 1]);
  await expect(shell(launcher, daemon(4), request)).resolves.toEqual({ code: 0, text: 'started' });
  await expect.poll(() => running(4)).toEqual([]);
  expect([running(2).length, running(3).length]).toEqual([1, 1]);
  stop.abort();
  await other;
  await expect.poll(() => [...running(2), ...running(3)]).toEqual([]);
});

/** Root is held to no number of processes. */
const NOBODY = process.getuid?.() === 0 ? { name: 'nobody', uid: 65_534, gid: 65_534 } : undefined;
const holdsForUser = async (): Promise<boolean> => {
  await using launcher = await open(NOBODY);
  return (await levelOf(launcher, { ...BASE, mode: 'full' })) === 'full';
};

test.runIf(HOLDS.full && (await holdsForUser()))(
  'at the level full the processes of a sandbox have a limit',
  async () => {
    await using launcher = await open(NOBODY);
    const forks =
      'my $n = 0; for (1..200) { my $p = fork; last unless defined $p; $n++; if (!$p) { sleep 60; exit } } print $n';
    const request: SandboxRequest = { ...BASE, mode: 'full' };
    const { text } = await shell(
      launcher,
      `prlimit --nproc --output HARD --noheadings; prlimit --nproc=100 perl -e '${forks}'`,
      request,
    );
    const [hard, made] = text.split('\n').map(Number);
    expect(hard).toBeLessThanOrEqual(4096);
    expect(made).toBeGreaterThan(50);
    expect(made).toBeLessThan(100);
  },
);

test.runIf(HOLDS.full)('at the level full a helper that is killed ends no program of another profile', async () => {
  await using launcher = await open();
  const request: SandboxRequest = { ...BASE, mode: 'full' };
  const other: SandboxRequest = { ...request, read: [readable] };
  await launcher.prepare([request, other]);
  const waiting = shell(launcher, 'sleep 1; echo finished', other);
  await expect(shell(launcher, KILL_OWN_HELPER, request)).rejects.toMatchObject({ type: 'unavailable' });
  await expect(waiting).resolves.toEqual({ code: 0, text: 'finished' });
});
