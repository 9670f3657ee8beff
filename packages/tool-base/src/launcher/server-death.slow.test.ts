import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { isGroupAlive } from './process-group.ts';

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
  const server = spawn(process.execPath, args, { stdio });
  onTestFinished(() => {
    server.kill('SIGKILL');
    closeSync(stray);
  });
  return server;
}

async function programsOf(server: ChildProcess): Promise<readonly Program[]> {
  let text = '';
  server.stdout?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await vi.waitFor(() => expect(text.split('\n').filter((line) => line !== '')).toHaveLength(4), { timeout: 15_000 });
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
      { timeout: 15_000, interval: 10 },
    );
  },
  60_000,
);

test('a program has descriptors 0, 1 and 2 only, even when the server was born with more', async () => {
  const server = startServer();
  const programs = await programsOf(server);
  for (const { descriptors } of programs) expect(descriptors).toEqual(['0', '1', '2']);
}, 60_000);
