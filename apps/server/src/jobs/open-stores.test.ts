import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { newJobId } from './record/job-id.ts';
import { openStores } from './open-stores.ts';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'open-stores-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(place, { recursive: true });
});

const OPEN_STORES = new URL('open-stores.ts', import.meta.url).href;

/** Keeps output in the way of a server with jobs in memory, and is killed. */
async function keepAndDie(directory: string | undefined): Promise<void> {
  const code = `
    import { openStores } from ${JSON.stringify(OPEN_STORES)};
    const { outputs } = await openStores({ store: 'memory', directory: ${JSON.stringify(directory)}, onNoFolder() {} });
    outputs.open(${JSON.stringify({ id: newJobId(), fence: 1, starts: 1 })}).write('stdout', Buffer.from('secret'));
    process.stdout.write('kept');
    setInterval(() => {}, 60_000);
  `;
  const flags = ['--conditions=@mcp/source', '--disable-warning=ExperimentalWarning', '--input-type=module'];
  const server = spawn(process.execPath, [...flags, '-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(server.stdout, 'data');
  server.kill('SIGKILL');
  await once(server, 'exit');
}

// Elsewhere nothing says whether a process is still the same.
test.runIf(process.platform === 'linux').each(['jobs.directory', 'the temporary folder'])(
  'output that a killed server left in %s goes when the next one starts, and that of one that runs stays',
  async (where) => {
    vi.stubEnv('TMPDIR', place);
    const directory = where === 'jobs.directory' ? place : undefined;
    const options = { store: 'memory', directory, onNoFolder: () => undefined } as const;
    await using _running = await openStores(options).then(({ outputs }) => outputs);
    const [own] = readdirSync(place);
    await keepAndDie(directory);
    expect(readdirSync(place)).toHaveLength(2);
    await using _next = await openStores(options).then(({ outputs }) => outputs);
    await vi.waitFor(() => expect(readdirSync(place)).toHaveLength(2), { timeout: 40_000 });
    const names = readdirSync(place);
    expect(names).toContain(own);
    for (const name of names) {
      expect(statSync(join(place, name)).mode & 0o777).toBe(0o700);
      expect(readdirSync(join(place, name))).toEqual([]);
    }
  },
  60_000,
);
