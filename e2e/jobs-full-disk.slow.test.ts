/** A disk that fills: jobs whose output cannot be kept end with `store_unavailable`, and calls go on as if nothing were. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { scratch, startHttpServer, type HttpServerProcess, type Scratch } from './harness/server-process.ts';
import { execute, headers } from './harness/tool-requests.ts';

const canMount = process.platform === 'linux' && process.getuid?.() === 0;

describe.skipIf(!canMount)(`a disk of 64 MiB${canMount ? '' : ' (SKIPPED: only root can mount one)'}`, () => {
  let place: Scratch;
  let disk: string;
  let server: HttpServerProcess;

  beforeAll(async () => {
    place = scratch();
    disk = join(place.folder, 'disk');
    mkdirSync(disk);
    const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'mcp-test', disk]);
    if (status !== 0) throw new Error(`mount failed: ${stderr.toString()}`);
    const script = `head -c "$1" /dev/zero | tr '\\0' x; sleep "$2"\n`;
    server = await startHttpServer({
      configuration: `
security: { rateLimit: { requests: 100000, window: 60 }, maxOutputSize: 10485760 }
jobs: { directory: ${disk} }
tools:
  print:
    description: Prints bytes
    command: sh
    allowInterpreter: true
    args: [${place.write('print.sh', script)}, '{bytes}', '{seconds}']
    parameters: { bytes: { type: integer, min: 1, max: 200000000 }, seconds: { type: integer, min: 0, max: 600 } }
    job: { mode: auto, maxOutput: 200000000 }
`,
    });
  });
  afterAll(async () => {
    await server?.stop();
    spawnSync('umount', [disk]);
    place[Symbol.dispose]();
  });

  const start = async (bytes: number, seconds = 0): Promise<string> => {
    const response = await execute(server.url, 'print', { bytes, seconds }, { prefer: 'respond-async' });
    expect(response.status).toBe(202);
    return ((await response.json()) as { executionId: string }).executionId;
  };
  const execution = async (id: string): Promise<{ state: string; error?: { type: string } }> =>
    (await (await fetch(`${server.url}/executions/${id}`, { headers })).json()) as never;
  const call = async (bytes: number): Promise<{ ok: boolean }> =>
    (await (await execute(server.url, 'print', { bytes, seconds: 0 })).json()) as never;

  test('that fills ends the jobs whose output it cannot keep, and nothing else', async () => {
    const quiet = await start(1000, 20);
    await expect.poll(async () => (await execution(quiet)).state).toBe('running');
    const ids = [await start(150_000_000), await start(150_000_000)];
    for (const id of ids) {
      await expect.poll(async () => (await execution(id)).state).toBe('failed');
      expect((await execution(id)).error?.type).toBe('store_unavailable');
    }
    // Also a call whose output would be kept.
    expect(await call(100)).toMatchObject({ ok: true });
    expect(await call(1_000_000)).toMatchObject({ ok: true });
    await expect.poll(async () => (await execution(quiet)).state, { timeout: 60_000 }).toBe('completed');
    expect(readdirSync(disk)).toContain('jobs.sqlite');
  });
});
