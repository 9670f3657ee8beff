import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { afterAll, expect, test, vi } from 'vitest';

import { readProcess } from '../processes/process-table.ts';
import { folderPrefix, removeStaleFolders } from './stale-folders.ts';

const folder = mkdtempSync(join(tmpdir(), 'stale-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.runIf(process.platform === 'linux')(
  'what a process that is gone has left is ended and removed, and nothing else',
  async () => {
    const other = spawn('/bin/sleep', ['600']);
    await once(other, 'spawn');
    const startTime = readProcess(other.pid!)!.startTime;
    const [, start, namespace] = /^(mcp-tools-)(\d+)-/.exec(basename(folderPrefix()))!;
    other.kill('SIGKILL');
    await once(other, 'exit');
    const [inode] = /\d+/.exec(readlinkSync('/proc/self/ns/pid'))!;
    const names = {
      gone: `${start}${namespace}-${other.pid}-${startTime}-aaaaaa`,
      reused: `${start}${namespace}-${process.pid}-1-aaaaaa`,
      own: `${basename(folderPrefix())}aaaaaa`,
      elsewhere: `${start}1-${other.pid}-${startTime}-aaaaaa`,
      otherMachine: `${start}${inode}1-${other.pid}-${startTime}-aaaaaa`,
      open: `${start}${namespace}-${other.pid}-${startTime}-bbbbbb`,
      link: `${start}${namespace}-${other.pid}-${startTime}-cccccc`,
      alike: `${start}${namespace}-${other.pid}-${startTime}-aaaaaa.d`,
    };
    for (const [what, name] of Object.entries(names)) {
      if (what === 'link') symlinkSync(names.own, join(folder, name));
      else mkdirSync(join(folder, name), { mode: 0o700 });
    }
    chmodSync(join(folder, names.open), 0o777);
    mkdirSync(join(folder, names.gone, '1'));
    writeFileSync(join(folder, names.gone, '1/secret'), 'x');
    const left = spawn('/bin/sleep', ['600'], { env: { TMPDIR: join(folder, names.gone, '1') } });
    const persons = spawn('/bin/sleep', ['600'], { env: { PWD: join(folder, names.gone, '1') } });
    const ended = once(left, 'exit');
    await Promise.all([once(left, 'spawn'), once(persons, 'spawn')]);
    const script = 'env -i sleep 600 & echo $!; wait';
    const program = spawn('/bin/sh', ['-c', script], {
      env: { PATH: process.env['PATH'], TMPDIR: join(folder, names.gone, '2') },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    const child = Number(String(await once(program.stdout, 'data')));
    await removeStaleFolders(folder);
    expect(await ended).toEqual([null, 'SIGKILL']);
    await vi.waitFor(() => expect(readProcess(child)?.ended ?? true).toBe(true));
    expect(persons.exitCode ?? persons.signalCode).toBeNull();
    persons.kill();
    const { gone: _, reused: __, ...kept } = names;
    expect(readdirSync(folder).toSorted()).toEqual(Object.values(kept).toSorted());
  },
);

/** A session whose leader has ended: an old process, and after it a server that is gone and a process that was given its folder. */
const LEADERLESS_SESSION = `
sleep 600 & old=$!
sleep 0.05 # The kernel tells starts in hundredths of a second.
sleep 1 & server=$!
start=$(sed 's/.*) //' /proc/$server/stat | cut -d' ' -f20)
kill -9 $server; wait $server
TMPDIR=$1$server-$start-aaaaaa/1 sleep 600 & given=$!
mkdir -m 700 $1$server-$start-aaaaaa
echo $old $given`;

test.runIf(process.platform === 'linux')(
  'what is older than the server is left alone, also in the session of what was given its folder',
  async () => {
    const place = mkdtempSync(join(tmpdir(), 'stale-'));
    const [start] = /^mcp-tools-\d+-/.exec(basename(folderPrefix()))!;
    const leader = spawn('/bin/sh', ['-c', LEADERLESS_SESSION, 'sh', join(place, start)], {
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    const [old, given] = String(await once(leader.stdout, 'data'))
      .split(' ')
      .map(Number);
    if (leader.exitCode === null) await once(leader, 'exit');
    expect(readProcess(old!)?.session).toBe(readProcess(given!)?.session);
    await removeStaleFolders(place);
    expect(readdirSync(place)).toEqual([]);
    await vi.waitFor(() => expect(readProcess(given!)?.ended ?? true).toBe(true));
    expect(readProcess(old!)?.ended).toBe(false);
    process.kill(old!, 'SIGKILL');
    rmSync(place, { recursive: true });
  },
);
