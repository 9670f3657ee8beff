import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, onTestFinished, vi } from 'vitest';

// The child process runs the sources, whose `using` declarations need Node 24. Packed packages are tested on Node 22 too.
const RUNS_SOURCES = Number.parseInt(process.versions.node) >= 24;

function running(mark: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(mark);
    } catch {
      return false;
    }
  });
}

describe('a process that has disposed a monitor with every kind of check', () => {
  test.runIf(RUNS_SOURCES)(
    'has no open handle, timer or child more than before, and ends',
    async () => {
      const program = new URL('../test-support/dispose-everything.ts', import.meta.url).pathname;
      const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
      let printed = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
      const [exitCode] = (await once(child, 'close')) as [number];
      expect({ exitCode, ...(JSON.parse(printed) as object) }).toEqual({ exitCode: 0, leaked: [], timers: 0 });
      expect(running('76.006')).toEqual([]);
    },
    20_000,
  );
});

describe('process.exit() while a command runs', () => {
  test.runIf(RUNS_SOURCES)('ends the command and its children', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mcp-health-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const program = `
      import { watch } from 'node:fs';
      import { commandCheck, HealthMonitor } from ${JSON.stringify(new URL('../index.ts', import.meta.url).href)};
      watch('${folder}', () => process.exit(0));
      const script = 'sleep 77.007 & echo > ${folder}/started; sleep 77.007';
      new HealthMonitor({ checks: [commandCheck({ name: 'a', command: 'sh', args: ['-c', script] })] }).start();`;
    const { status } = spawnSync(process.execPath, ['--input-type=module-typescript', '-e', program], {
      timeout: 10_000,
    });
    expect(status).toBe(0);
    // SIGKILL was sent before the exit; the kernel may need a moment.
    await vi.waitFor(() => expect(running('sleep\u000077.007')).toEqual([]), { timeout: 20_000 });
  });
});
