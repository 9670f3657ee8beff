import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { killOrphanPrograms } from './orphan-programs.ts';
import { isGroupAlive, signalGroup } from './process-group.ts';
import { readProcess } from './process-table.ts';
import { readLeader, type ProgramTraces } from './program-traces.ts';

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
      if (pid !== undefined && exitCode === null && signalCode === null) signalGroup(pid, 'SIGKILL');
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

  /** What is found beside these is not ended by the test, as it started nothing else since. */
  const traces = (more: Partial<ProgramTraces>): ProgramTraces => ({
    starter: undefined,
    since: readProcess(process.pid)?.startTime,
    leaders: new Map(),
    directory,
    ...more,
  });
  const startTimeOf = ({ pid = 0 }: ChildProcess): string => readProcess(pid)?.startTime ?? '';

  test('are found by the folder that they were given, and no others', async () => {
    const given = await startSleeper('/', { HOME: join(directory, '1') });
    const inside = await startSleeper(join(directory, '1'), { PWD: join(directory, '1'), OLDPWD: directory });
    const other = await startSleeper('/', { HOME: `${directory}-not` });
    killOrphanPrograms(traces({}));
    expect(await ended(given)).toBe('SIGKILL');
    expect([inside, other].map(({ pid }) => isGroupAlive(pid))).toEqual([true, true]);
  });

  test('are nothing that is older than what starts them, and nothing at all where that is not known', async () => {
    const older = await startSleeper('/', { HOME: join(directory, '1') });
    killOrphanPrograms(traces({ since: String(Number(startTimeOf(older)) + 1e6) }));
    killOrphanPrograms(traces({ since: undefined }));
    expect(isGroupAlive(older.pid)).toBe(true);
    killOrphanPrograms(traces({ since: startTimeOf(older) }));
    expect(await ended(older)).toBe('SIGKILL');
  });

  test('are nothing of another user than the one whose folder it is', async () => {
    const given = await startSleeper('/', { HOME: join(directory, '1') });
    killOrphanPrograms(traces({ owner: (process.getuid?.() ?? 0) + 1 }));
    expect(isGroupAlive(given.pid)).toBe(true);
  });

  test('are ended alone where others are in their group', async () => {
    const shared = spawn(
      '/bin/sh',
      ['-c', `sleep 60 & HOME=${directory}/1 sh -c 'echo; exec sleep 61' & wait $!; echo over; wait`],
      {
        detached: true,
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    started.push(shared);
    await once(shared.stdout, 'data');
    killOrphanPrograms(traces({}));
    expect(String(await once(shared.stdout, 'data'))).toBe('over\n');
    expect(isGroupAlive(shared.pid)).toBe(true);
  });

  test('are what is left in a session whose leader has ended, whatever its environment', async () => {
    const leader = spawn('/bin/sh', ['-c', 'sleep 60 & env -i sleep 61 & echo $!'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env['PATH'], HOME: join(directory, '1') },
    });
    started.push(leader);
    const child = Number(String(await once(leader.stdout, 'data')));
    if (leader.exitCode === null) await once(leader, 'exit');
    killOrphanPrograms(traces({}));
    await expect.poll(() => readProcess(child)?.ended ?? true).toBe(true);
  });

  test('are found below the process that starts them, which itself goes on', async () => {
    const starter = spawn('/bin/sh', ['-c', 'setsid sleep 60 & echo $!; wait; read line'], {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    started.push(starter);
    const [line] = (await once(starter.stdout, 'data')) as [Buffer];
    killOrphanPrograms(traces({ starter: starter.pid }));
    await expect.poll(() => isGroupAlive(Number(line))).toBe(false);
    expect(isGroupAlive(starter.pid)).toBe(true);
  });

  test('are found by the leader of their group only while it is the process that was started', async () => {
    const program = await startSleeper('/');
    const { pid = 0 } = program;
    const startTime = readLeader(pid, process.pid)!;
    killOrphanPrograms(traces({ leaders: new Map([[pid, `${startTime}0`]]) }));
    expect(isGroupAlive(pid)).toBe(true);
    killOrphanPrograms(traces({ leaders: new Map([[pid, startTime]]) }));
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
