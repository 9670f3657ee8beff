import { EventEmitter, once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

import { afterEach, expect, test, vi } from 'vitest';

import type * as running from './running-program.ts';
import type { ProgramExit, ProgramSpec, ProgramStartFailure } from './program.ts';

afterEach(() => {
  vi.doUnmock('./start-program.ts');
  vi.resetModules();
});

/** The real module with its programs replaced by `child`; no other test file sees it. */
async function runningProgramOf(child: object): Promise<typeof running> {
  vi.resetModules();
  vi.doMock(import('./start-program.ts'), async (original) => ({
    ...(await original()),
    startProgram: () => child as never,
  }));
  return await import('./running-program.ts');
}

/** Keeps this process from doing anything else, as a machine under load does. */
function hold(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('output that has arrived is read, also when nothing could run between the exit and the end of the drain', async () => {
  // A pipe of the kernel's own, since what it holds is read only in the poll phase of the event loop.
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const reader = connect((listener.address() as AddressInfo).port, '127.0.0.1');
  const [writer] = (await once(listener, 'connection')) as [Socket];
  const child = Object.assign(new EventEmitter(), { pid: undefined, stdout: reader, stderr: null, unref: () => {} });
  const { RunningProgram } = await runningProgramOf(child);

  let output = '';
  const ended = new Promise<ProgramExit | ProgramStartFailure>((onEnd) => {
    const spec: ProgramSpec = { program: '/bin/echo', args: [], maxOutputBytes: 1000, graceMs: 100 };
    RunningProgram.start(
      spec,
      { directory: '/', hasStdin: false },
      {
        onOutput: (_stream, bytes) => (output += Buffer.from(bytes).toString()),
        onEnd,
      },
    );
  });
  await new Promise((turn) => setImmediate(turn));
  writer.write('all of it');
  child.emit('exit', 0, null);
  hold(150);

  expect(await ended).toMatchObject({ exitCode: 0, outputBytes: 9 });
  expect(output).toBe('all of it');
  writer.destroy();
  listener.close();
});
