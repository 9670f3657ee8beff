import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

describe('a process that has used and disposed a monitor with every kind of check', () => {
  it('has 0 open handles, 0 timers and 0 children more than before, and ends by itself', async () => {
    const program = new URL('./test-support/dispose-everything.ts', import.meta.url).pathname;
    const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    const [exitCode] = (await once(child, 'close')) as [number];
    expect({ exitCode, ...(JSON.parse(printed) as object) }).toEqual({ exitCode: 0, leaked: [], timers: 0 });
    const left = readdirSync('/proc').filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('76.006');
      } catch {
        return false;
      }
    });
    expect(left).toEqual([]);
  }, 20_000);
});
