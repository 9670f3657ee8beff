import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { killOrphanPrograms, readLeader } from './orphan-programs.ts';
import { isGroupAlive } from './process-group.ts';

const SLEEPS = ['-c', 'echo $$; sleep 60 & wait'];

describe.skipIf(process.platform !== 'linux')('programs that their helper no longer ends', () => {
  let directory: string;
  const started: ChildProcess[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'orphan-'));
    mkdirSync(join(directory, '1'));
  });
  afterEach(() => {
    for (const { pid, exitCode, signalCode } of started.splice(0)) {
      if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL');
    }
    rmSync(directory, { recursive: true });
  });

  async function startSleeper(cwd: string, env: Record<string, string> = {}): Promise<ChildProcess> {
    const child = spawn('/bin/sh', SLEEPS, { detached: true, stdio: ['ignore', 'pipe', 'ignore'], cwd, env });
    started.push(child);
    await once(child.stdout, 'data');
    return child;
  }

  const ended = async (child: ChildProcess): Promise<unknown> => {
    if (child.signalCode === null) await once(child, 'exit');
    return child.signalCode;
  };

  test('are found by their working directory and by their first environment, and no others', async () => {
    const inside = await startSleeper(join(directory, '1'));
    const elsewhere = await startSleeper('/', { HOME: join(directory, '1') });
    const other = await startSleeper('/', { HOME: `${directory}-not` });
    killOrphanPrograms({ starter: undefined, leaders: new Map(), directory });
    expect(await Promise.all([ended(inside), ended(elsewhere)])).toEqual(['SIGKILL', 'SIGKILL']);
    expect(isGroupAlive(other.pid)).toBe(true);
  });

  test('are found below the process that starts them, which itself goes on', async () => {
    const starter = spawn('/bin/sh', ['-c', 'setsid sleep 60 & echo $!; wait; read line'], {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    started.push(starter);
    const [line] = (await once(starter.stdout, 'data')) as [Buffer];
    killOrphanPrograms({ starter: starter.pid, leaders: new Map(), directory });
    await expect.poll(() => isGroupAlive(Number(line))).toBe(false);
    expect(isGroupAlive(starter.pid)).toBe(true);
  });

  test('are found by the leader of their group only while it is the process that was started', async () => {
    const program = await startSleeper('/');
    const { pid = 0 } = program;
    const startTime = readLeader(pid, process.pid)!;
    killOrphanPrograms({ starter: undefined, leaders: new Map([[pid, `${startTime}0`]]), directory });
    expect(isGroupAlive(pid)).toBe(true);
    killOrphanPrograms({ starter: undefined, leaders: new Map([[pid, startTime]]), directory });
    expect(await ended(program)).toBe('SIGKILL');
  });

  test('are none of the processes that another one started', async () => {
    const { pid = 0 } = await startSleeper('/');
    expect(readLeader(pid, process.pid)).toMatch(/^\d+$/);
    expect(readLeader(pid, 1)).toBeUndefined();
    expect(readLeader(pid, undefined)).toBeUndefined();
    expect(readLeader(process.ppid, process.pid)).toBeUndefined();
  });
});
