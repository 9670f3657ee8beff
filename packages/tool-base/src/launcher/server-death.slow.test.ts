import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { isGroupAlive } from './processes/process-group.ts';
import { processIds, readProcess } from './processes/process-table.ts';

const INDEX = new URL('../index.ts', import.meta.url).href;

/** A server that starts three long programs and talks to a fourth, prints what they say, and lives until it is killed. */
const SERVER = `
  import { createLauncher } from ${JSON.stringify(INDEX)};
  const launcher = await createLauncher();
  const scripts = [
    'trap "" TERM HUP INT; (trap "" TERM; exec sleep 60) & SAY; wait',
    'SAY; exec sleep 60',
    'SAY; while true; do echo; sleep 0.01; done',
  ];
  const show = (text) => process.stdout.write(text);
  const say = 'printf "%s " $PPID $$ "$HOME"; ls -m /proc/$$/fd';
  for (const script of scripts) {
    const args = ['-c', script.replace('SAY', () => say)].map((text) => ({ text, role: 'fixed' }));
    let said = '';
    void launcher.run({ program: '/bin/sh', args, maxOutputBytes: 1e6, graceMs: 60_000 }, {
      onOutput(_, bytes) {
        if (said.includes('\\n')) return;
        said += Buffer.from(bytes).toString();
        if (said.includes('\\n')) show(said.slice(0, said.indexOf('\\n') + 1));
      },
    });
  }
  const deaf = 'trap "" TERM HUP INT; (trap "" TERM; exec sleep 60) & SAY; exec sleep 60';
  const spec = { program: '/bin/sh', args: [{ text: '-c', role: 'fixed' }, { text: deaf.replace('SAY', () => say), role: 'fixed' }] };
  await launcher.open({ ...spec, maxLineBytes: 1e6, graceMs: 60_000 }, { onLine: (line) => show(line + '\\n'), onErrorLine: show });
`;

interface Program {
  readonly helper: number;
  readonly group: number;
  readonly directory: string;
  readonly descriptors: readonly string[];
}

function startServer(): ChildProcess {
  const args = [
    '--conditions=@mcp/source',
    '--disable-warning=ExperimentalWarning',
    '--input-type=module',
    '-e',
    SERVER,
  ];
  // A descriptor that the server inherits and does not know of.
  const stray = openSync('/dev/null', 'r');
  const stdio = Array.from(
    { length: 22 },
    (_, at) => (at === 1 ? 'pipe' : at === 21 ? stray : 'ignore') as 'pipe' | number,
  );
  // Of its own, so that no other server that starts on this machine removes what it leaves.
  const folder = mkdtempSync(join(tmpdir(), 'server-death-'));
  const server = spawn(process.execPath, args, { stdio, env: { ...process.env, TMPDIR: folder } });
  onTestFinished(() => {
    server.kill('SIGKILL');
    closeSync(stray);
    rmSync(folder, { recursive: true, force: true });
  });
  return server;
}

async function programsOf(server: ChildProcess): Promise<readonly Program[]> {
  let text = '';
  server.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await vi.waitFor(() => expect(text.split('\n').filter((line) => line !== '')).toHaveLength(4), { timeout: 40_000 });
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [helper, group, directory = '', ...descriptors] = line.split(/,? /);
      return { helper: Number(helper), group: Number(group), directory, descriptors };
    });
}

const isRunning = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));

test.each(['SIGKILL', 'SIGTERM'] as const)(
  'when the server dies by %s, every program, its children, the helper and the folders are gone',
  async (signal) => {
    const server = startServer();
    const programs = await programsOf(server);
    for (const { group, helper } of programs) expect([isGroupAlive(group), isRunning(helper)]).toEqual([true, true]);
    server.kill(signal);
    await vi.waitFor(
      () => {
        for (const { group, helper, directory } of programs) {
          expect([isGroupAlive(group), isRunning(helper), existsSync(directory)]).toEqual([false, false, false]);
        }
      },
      { timeout: 40_000, interval: 10 },
    );
  },
  100_000,
);

/** Of the server alone, and of what stands between it and its programs. */
const childrenOfServer = (server: ChildProcess): readonly number[] =>
  processIds().filter((pid) => readProcess(pid)?.parent === server.pid);

test('when the server and its helper are killed together, every program, its children and the folders are gone', async () => {
  const server = startServer();
  const programs = await programsOf(server);
  const helpers = [...new Set(programs.map(({ helper }) => helper))];
  // Neither has the time to notice the end of the other.
  server.kill('SIGSTOP');
  for (const pid of helpers) process.kill(pid, 'SIGKILL');
  server.kill('SIGKILL');
  await vi.waitFor(
    () => {
      for (const { group, directory } of programs) {
        expect([isGroupAlive(group), existsSync(directory)]).toEqual([false, false]);
      }
    },
    { timeout: 40_000, interval: 10 },
  );
}, 100_000);

test('a server that ends as it should leaves no process that waits', async () => {
  const code = `
    import { createLauncher } from ${JSON.stringify(INDEX)};
    await using launcher = await createLauncher();
    process.stdout.write('started');
    await new Promise((resolve) => process.stdin.once('end', resolve).resume());
  `;
  const args = ['--conditions=@mcp/source', '--disable-warning=ExperimentalWarning', '--input-type=module', '-e', code];
  const server = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  onTestFinished(() => void server.kill('SIGKILL'));
  await once(server.stdout, 'data');
  const children = childrenOfServer(server);
  expect(children.length).toBeGreaterThan(1);
  server.stdin.end();
  expect(await once(server, 'exit')).toEqual([0, null]);
  await vi.waitFor(() => expect(children.filter(isRunning)).toEqual([]), { timeout: 40_000, interval: 10 });
}, 100_000);

test('a program has descriptors 0, 1 and 2 only, even when the server was born with more', async () => {
  const server = startServer();
  const programs = await programsOf(server);
  for (const { descriptors } of programs) expect(descriptors).toEqual(['0', '1', '2']);
}, 100_000);
