/** What a program has without a sandbox it has in one, on this machine as it is. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { array, assert, asyncProperty, string } from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { ProgramSpec } from '../launcher/program.ts';
import { processIds } from '../launcher/processes/process-table.ts';
import { BASE, commandOf, holds, open, SETPRIV, shell } from '../test-support/sandboxed-shell.ts';
import type { SandboxRequest } from './profile.ts';
import type { SandboxLauncher } from './sandbox-launcher.ts';

const folder = mkdtempSync(join(tmpdir(), 'unchanged-'));
const settings = join(folder, 'curl.conf');
const certificate = join(folder, 'certificate.pem');
const key = join(folder, 'key.pem');
const CAN_SERVE =
  spawnSync('curl', ['--version']).status === 0 &&
  spawnSync(
    'openssl',
    `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout ${key} -out ${certificate}`.split(' '),
  ).status === 0;
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HOLDS = { limits: true, full: await holds('full'), files: await holds('files') };

describe.each(['limits', 'full', 'files'] as const)('at the level %s', (level) => {
  describe.runIf(HOLDS[level])('a program', () => {
    const request: SandboxRequest = { ...BASE, mode: level, minimum: level };
    let launcher: SandboxLauncher;
    beforeAll(async () => {
      launcher = await open();
      await launcher.prepare([request]);
    }, 60_000);
    afterAll(() => launcher[Symbol.asyncDispose]());
    const specOf = (program: string, args: readonly string[], more: Partial<ProgramSpec> = {}): ProgramSpec => ({
      program,
      args: args.map((text) => ({ text, role: 'fixed' })),
      maxOutputBytes: 65_536,
      graceMs: 5000,
      sandbox: request,
      ...more,
    });
    async function outputOf(spec: ProgramSpec): Promise<string> {
      const chunks: Buffer[] = [];
      await launcher.run(spec, { onOutput: (_, bytes) => void chunks.push(Buffer.from(bytes)) });
      return Buffer.concat(chunks).toString();
    }

    test('may clean up when it is stopped, and ends with its own exit code', async () => {
      const stop = new AbortController();
      const script = 'trap "echo cleaned; exit 9" TERM; echo ready; while :; do sleep 0.01; done';
      let text = '';
      const end = await launcher.run(specOf('/bin/sh', ['-c', script]), {
        signal: stop.signal,
        onOutput(stream, bytes) {
          // The shell says on stderr that what it waited for was ended.
          if (stream === 'stdout') text += Buffer.from(bytes).toString();
          stop.abort();
        },
      });
      expect([end, text]).toMatchObject([{ exitCode: 9, signal: null }, 'ready\ncleaned\n']);
    });

    test('that prints too much is cut at the same byte', async () => {
      const spec = specOf('/bin/sh', ['-c', 'yes'], { maxOutputBytes: 10_001 });
      let bytes = 0;
      const end = await launcher.run(spec, { onOutput: (_, chunk) => void (bytes += chunk.length) });
      expect(end).toMatchObject({ started: true, truncated: true, outputBytes: 10_001 });
      expect(bytes).toBe(10_001);
    });

    test('gets exactly the arguments that were checked', async () => {
      const argument = string({ unit: 'grapheme', maxLength: 40 }).filter((text) => !text.includes('\0'));
      await assert(
        asyncProperty(array(argument, { maxLength: 4 }), async (more) => {
          const args = ['-e', 'open F, "/proc/self/cmdline"; print <F>', '--', ...more];
          const seen = (await outputOf(specOf('/usr/bin/perl', args))).split('\0').slice(0, -1);
          expect(seen.slice(1)).toEqual(args);
        }),
        { numRuns: 15 },
      );
    });

    function conversationOf(program: string, args: readonly string[] = [], more: Partial<ProgramSpec> = {}) {
      const { maxOutputBytes: _, stdin: __, ...spec } = specOf(program, args, more);
      return { ...spec, maxLineBytes: 2 ** 20 };
    }

    test('exchanges ten megabytes of lines with its caller', async () => {
      const line = Buffer.from(`${'0123456789abcdef'.repeat(4096)}\n`);
      const count = 160;
      let received = 0;
      let changed = 0;
      const conversation = await launcher.open(conversationOf('/bin/cat'), {
        onLine(got) {
          received += 1;
          if (!got.equals(line.subarray(0, -1))) changed += 1;
        },
        onErrorLine: () => undefined,
      });
      for (let each = 0; each < count; each += 1) await conversation.write(line);
      await expect.poll(() => received, { timeout: 30_000 }).toBe(count);
      expect(changed).toBe(0);
      await conversation[Symbol.asyncDispose]();
    });

    test('has its secret in no command line of the machine', async () => {
      const value = 'secret-value-of-the-test';
      const given = { secrets: [{ name: 'TOKEN', value, as: 'environment' as const }] };
      const lines: string[] = [];
      const { promise, resolve } = Promise.withResolvers<string>();
      const script = 'echo "${#TOKEN}"; read -r end';
      const conversation = await launcher.open(conversationOf('/bin/sh', ['-c', script], given), {
        onLine(line) {
          lines.push(...processIds().map(commandOf));
          resolve(line.toString());
        },
        onErrorLine: () => undefined,
      });
      expect(await promise).toBe(String(value.length));
      await conversation[Symbol.asyncDispose]();
      expect(lines.some((line) => line.includes(script))).toBe(true);
      expect(lines.filter((line) => line.includes(value))).toEqual([]);
    });

    test('of Node runs under the default limits', async () => {
      const limits = { cpuSeconds: 60, memoryBytes: 2 ** 30, fileBytes: 2 ** 26, openFiles: 256 };
      const spec = specOf(process.execPath, ['-e', 'console.log("node")'], { limits, sandbox: withNode(request) });
      expect(await outputOf(spec)).toBe('node\n');
    });

    test.runIf(CAN_SERVE)('checks a certificate as usual, and reads the settings that it was given', async () => {
      const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (_, response) =>
        response.end('hello'),
      );
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `https://localhost:${(server.address() as AddressInfo).port}/`;
      writeFileSync(settings, 'insecure\nsilent\n', { mode: 0o600 });
      const curl = (options: string, sandbox: SandboxRequest) => shell(launcher, `curl ${options} ${url}`, sandbox);
      try {
        expect(await curl('-q -s', request)).toEqual({ code: 60, text: '' });
        const given = { ...request, read: level === 'limits' ? [] : [settings] };
        expect(await curl(`-K ${settings}`, given)).toEqual({ code: 0, text: 'hello' });
        const ungiven = await curl(`-s -K ${settings}`, request);
        expect(ungiven.code === 0).toBe(level === 'limits');
      } finally {
        server.close();
      }
    });

    test.skipIf(level === 'limits')('goes on when its sandbox is given up for another', async () => {
      const more: SandboxRequest = { ...request, read: [folder] };
      const lines: string[] = [];
      const conversation = await launcher.open(conversationOf('/bin/cat'), {
        onLine: (line) => void lines.push(line.toString()),
        onErrorLine: () => undefined,
      });
      await conversation.write(Buffer.from('before\n'));
      await expect.poll(() => lines).toEqual(['before']);
      await launcher.prepare([more]);
      expect(await shell(launcher, `ls ${folder} >/dev/null && echo readable`, more)).toMatchObject({
        text: 'readable',
      });
      await conversation.write(Buffer.from('after\n'));
      await expect.poll(() => lines).toEqual(['before', 'after']);
      await conversation[Symbol.asyncDispose]();
      await launcher.prepare([request]);
    });
  });
});

function withNode(request: SandboxRequest): SandboxRequest {
  return request.mode === 'limits' ? request : { ...request, read: [process.execPath] };
}

test.runIf(HOLDS.full)('at the level full a program that kills all ends its own profile alone', async () => {
  await using launcher = await open();
  const request: SandboxRequest = { ...BASE, mode: 'full' };
  const other: SandboxRequest = { ...request, read: [folder] };
  await launcher.prepare([request, other]);
  const waiting = shell(launcher, 'sleep 1; echo finished', other);
  // Nothing is sent unless the namespace is another one.
  const machine = readlinkSync('/proc/self/ns/pid');
  const script = `[ "$(readlink /proc/self/ns/pid)" != "${machine}" ] && kill -9 -1; exit 5`;
  await expect(shell(launcher, script, request)).rejects.toMatchObject({ type: 'unavailable' });
  await expect(waiting).resolves.toEqual({ code: 0, text: 'finished' });
  await expect
    .poll(() => shell(launcher, 'echo again', request).catch(() => undefined), { timeout: 10_000 })
    .toEqual({ code: 0, text: 'again' });
});

/** In a user namespace of its own, whose limits can be changed. */
const FALLING = `
  import { writeFileSync } from 'node:fs';
  import { createLauncher, SandboxLauncher } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
  const events = [];
  const launcher = new SandboxLauncher({
    plain: await createLauncher(),
    tools: { setpriv: ${JSON.stringify(SETPRIV)} },
    onEvent: ({ type }) => void events.push(type),
  });
  const auto = { mode: 'auto', minimum: 'limits', read: [], write: [], network: 'host', syscalls: 'standard' };
  const full = { ...auto, mode: 'full', minimum: 'full' };
  const run = (script, sandbox) => launcher
    .run({ program: '/bin/sh', args: ['-c', script].map((text) => ({ text, role: 'fixed' })), maxOutputBytes: 100, graceMs: 10, sandbox }, { onOutput() {} })
    .then(({ exitCode }) => exitCode, ({ type }) => type);
  const levels = () => [auto, full].map((each) => launcher.sandboxOf(each)?.level ?? null);
  await launcher.prepare([auto, full]);
  const first = levels();
  writeFileSync('/proc/sys/user/max_user_namespaces', '0');
  const goesOn = [await run('exit 3', auto), await run('exit 3', full)];
  const kill = 'kill -9 $PPID; sleep 5';
  if (first[0] === 'full') for (const each of [auto, full]) await run(kill, each);
  for (let turn = 0; turn < 200 && (levels()[0] === 'full' || levels()[1] === 'full'); turn += 1) await new Promise((next) => setTimeout(next, 50));
  const after = [await run('exit 4', full), levels()[1]];
  console.log(JSON.stringify({ first, goesOn, after, auto: levels()[0], changed: events.includes('changed'), fallen: launcher.statuses.map((each) => each.hasFallen) }));
  process.exit(0);
`;
const USER_NAMESPACE = ['--user', '--map-root-user', '--pid', '--fork', '--kill-child', '--mount-proc'];

test.runIf(HOLDS.full)(
  'a machine that refuses namespaces from now on: what runs goes on, and nothing gets weaker in silence',
  () => {
    const node = [process.execPath, '--conditions=@mcp/source', '--disable-warning=ExperimentalWarning'];
    const args = [...USER_NAMESPACE, ...node, '--input-type=module', '-e', FALLING];
    const { stdout, stderr } = spawnSync('unshare', args, { encoding: 'utf8', timeout: 50_000, killSignal: 'SIGKILL' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({
      first: ['full', 'full'],
      goesOn: [3, 3],
      after: ['unavailable', null],
      auto: HOLDS.files ? 'files' : 'limits',
      changed: true,
      fallen: [true, true],
    });
  },
);
