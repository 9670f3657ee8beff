import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';

import type * as toolBase from '../index.ts';
import type { CommandToolSpec } from '../index.ts';
import type * as testing from '../testing/test-tool.ts';

const files = { hasPrlimit: true };
let { defineCommandTool, directLauncher, Tool } = {} as typeof toolBase;
let testTool: typeof testing.testTool;

// The files of a package share their modules: the replaced one is for this file only. Whether prlimit is there is read once.
beforeAll(() => {
  vi.doMock(import('node:fs'), async (original) => {
    const real = await original();
    const existsSync: typeof real.existsSync = (path) =>
      String(path).endsWith('/prlimit') ? files.hasPrlimit : real.existsSync(path);
    return { ...real, existsSync, default: { ...real, existsSync } };
  });
});
beforeEach(async () => {
  files.hasPrlimit = true;
  await loadModules();
});
afterAll(() => {
  vi.doUnmock('node:fs');
  vi.resetModules();
});

async function loadModules(): Promise<void> {
  vi.resetModules();
  ({ defineCommandTool, directLauncher, Tool } = await import('../index.ts'));
  ({ testTool } = await import('../testing/test-tool.ts'));
}

const spec: CommandToolSpec = {
  name: 'hello',
  description: 'Says hello',
  command: 'echo',
  args: ['hello'],
  timeoutMs: 10_000,
};
const none = { memoryBytes: 'none', fileBytes: 'none', openFiles: 'none', cpuSeconds: 'none' } as const;

describe.skipIf(process.platform !== 'linux')('on Linux without prlimit', () => {
  beforeEach(async () => {
    files.hasPrlimit = false;
    await loadModules();
  });

  test('a tool with limits is unavailable and says what to install; it is never run without them', async () => {
    await using launcher = directLauncher();
    const definition = defineCommandTool(spec);
    expect(definition.available()).toEqual({ ok: false, reason: expect.stringContaining('install util-linux') });
    expect((await testTool(definition, { launcher }).call({})).error).toMatchObject({
      type: 'unavailable',
      message: 'The limits of this tool cannot be enforced on this machine.',
    });
  });

  test('a tool whose limits were all taken away runs, and says that it has none', async () => {
    await using launcher = directLauncher();
    const definition = defineCommandTool({ ...spec, resourceLimits: none });
    expect(definition.available()).toEqual({ ok: true });
    expect((await testTool(definition, { launcher }).call({})).structured).toMatchObject({ stdout: 'hello\n' });
    expect(new Tool(definition, { launcher }).info().resources).toMatchObject({
      memory: { limit: null, enforcedBy: 'nothing' },
      cpuTime: { limit: null, enforcedBy: 'nothing' },
    });
  });

  test('what nothing holds is shown as such', async () => {
    await using launcher = directLauncher();
    expect(new Tool(defineCommandTool(spec), { launcher }).info().resources).toMatchObject({
      memory: { limit: 2 ** 30, enforcedBy: 'nothing' },
    });
  });
});

test.skipIf(process.platform !== 'linux')('the limits of a tool are shown with what holds them', async () => {
  await using launcher = directLauncher();
  const { resources } = new Tool(defineCommandTool({ ...spec, resourceLimits: { openFiles: 64 } }), {
    launcher,
  }).info();
  expect(resources).toEqual({
    memory: { limit: 2 ** 30, enforcedBy: 'rlimit' },
    fileSize: { limit: 64 * 2 ** 20, enforcedBy: 'rlimit' },
    cpuTime: { limit: 15, enforcedBy: 'rlimit' },
    openFiles: { limit: 64, enforcedBy: 'rlimit' },
    processes: { limit: null, enforcedBy: 'nothing' },
  });
});
