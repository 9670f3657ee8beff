/**
 * What the code does on platforms that the tests do not run on: `process.platform` is replaced, everything else is this machine.
 * docs/platforms.md says which of its cells rest on this alone.
 */
import { beforeEach, describe, expect, test, vi } from 'vitest';

import { createLauncher, defineCommandTool, directLauncher, SandboxLauncher, testTool, Tool } from '../index.ts';
import type { CommandToolSpec, ProgramExit, SandboxRequest } from '../index.ts';
import { HelperLauncher } from './helper-launcher.ts';
import { isGroupAlive } from './processes/process-group.ts';
import { processIds } from './processes/process-table.ts';

const onPlatform = (name: NodeJS.Platform): void => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue(name);
};
const hello: CommandToolSpec = { name: 'hello', description: 'Says hello', command: 'echo', args: ['hello'] };
const asked: SandboxRequest = {
  mode: 'auto',
  read: [],
  write: [],
  network: 'host',
  syscalls: 'standard',
  minimum: 'none',
};

describe('on macOS', () => {
  beforeEach(() => onPlatform('darwin'));

  test('a program runs without kernel limits, and its tool says so', async () => {
    await using launcher = directLauncher();
    const definition = defineCommandTool(hello);
    expect(definition.available()).toEqual({ ok: true });
    expect((await testTool(definition, { launcher }).call({})).structured).toMatchObject({ stdout: 'hello\n' });
    expect(new Tool(definition, { launcher }).info().resources).toMatchObject({
      memory: { enforcedBy: 'nothing' },
      cpuTime: { enforcedBy: 'nothing' },
    });
  });

  test('the process group of a stopped program is gone, without a look into /proc', async () => {
    await using launcher = directLauncher();
    const stop = new AbortController();
    let leader = 0;
    // One process: who reaps orphans here, and when, is not what is tested.
    const args = ['-c', 'echo $$; exec sleep 60'].map((text) => ({ text, role: 'fixed' as const }));
    const end = await launcher.run(
      { program: '/bin/sh', args, maxOutputBytes: 100, graceMs: 5000 },
      {
        signal: stop.signal,
        onOutput(_, bytes) {
          leader = Number(Buffer.from(bytes).toString());
          stop.abort();
        },
      },
    );
    expect((end as ProgramExit).signal).toBe('SIGTERM');
    expect(leader).toBeGreaterThan(1);
    expect(isGroupAlive(leader)).toBe(false);
    expect(processIds()).toEqual([]);
  });

  test('a sandbox is the level none, with the reason', async () => {
    await using launcher = new SandboxLauncher({ plain: directLauncher() });
    await launcher.prepare([asked]);
    expect(launcher.sandboxOf(asked)).toMatchObject({ level: 'none', below: ['Sandboxes need Linux.'] });
  });

  test.each(['limits', 'files', 'full'] as const)('a program whose minimum is %s is refused', async (minimum) => {
    await using launcher = new SandboxLauncher({ plain: directLauncher() });
    const definition = defineCommandTool({ ...hello, sandbox: { ...asked, minimum } });
    expect((await testTool(definition, { launcher }).call({})).error).toMatchObject({
      type: 'unavailable',
      message: `This tool needs the sandbox level ${minimum}; this machine gives none.`,
    });
  });
});

describe('on Windows', () => {
  beforeEach(() => onPlatform('win32'));

  test('a program is no tool, which one sentence says', () => {
    expect(defineCommandTool(hello).available()).toEqual({
      ok: false,
      reason: 'Programs cannot be tools on Windows: run the server on Linux or macOS.',
    });
  });

  test('no helper is started', async () => {
    await using launcher = await createLauncher();
    expect(launcher).not.toBeInstanceOf(HelperLauncher);
  });
});
