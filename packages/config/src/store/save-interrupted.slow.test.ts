import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadSample } from '../test-support/sample-store.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-save-'));
  file = join(folder, 'config.yaml');
});
afterEach(() => rm(folder, { recursive: true }));

test('SIGKILL at any moment leaves a complete file', async () => {
  await writeFile(file, 'security: {allowedTargets: [10.0.0.1]}\n', { mode: 0o600 });
  const script = fileURLToPath(new URL('../test-support/save-forever.ts', import.meta.url));
  const lengths = new Set<number>();
  for (let round = 0; round < 8; round += 1) {
    const child = spawn(process.execPath, [script, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    const closed = once(child, 'close');
    await once(child.stdout, 'data');
    // Some saves later; how many is left to the machine.
    for (let read = 0; read < 5 + round * 7; read += 1) await readFile(file);
    child.kill('SIGKILL');
    await closed;
    await using store = await loadSample('', { source: undefined, file });
    lengths.add(store.snapshot.values.security.allowedTargets.length);
  }
  expect([...lengths].filter((length) => ![1, 100, 900].includes(length))).toEqual([]);
  expect(lengths.size).toBeGreaterThan(0);
  await chmod(file, 0o600);
});
