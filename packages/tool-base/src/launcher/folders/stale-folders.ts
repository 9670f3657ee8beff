/** Names of private folders, by which a later server finds what a killed one has left: the folders, and programs that still run. */

import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readlinkSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';

import { killOrphanPrograms } from '../processes/orphan-programs.ts';
import { readProcess } from '../processes/process-table.ts';
import { removeFolder } from './remove-folder.ts';

const NAME = /^mcp-tools-(\d+)-(\d+)-(\d+)-\w{6}$/;

/**
 * A new folder in `place` that only this user can enter, removed by whoever made it. Where that was killed, the next process that makes
 * one in the same place removes it, and in the folder for temporary files also what cleans up after a launcher. Linux only.
 *
 * @param place a folder that is there. @default the one for temporary files
 * @throws {Error} with a `code` of the file system
 */
export function makePrivateFolder(place: string = tmpdir()): string {
  void removeStaleFolders(place);
  return mkdtempSync(folderPrefix(place));
}

/**
 * What the name of a folder of this process starts with: its process namespace and machine, its id there and when it started, so that
 * a process of the same id elsewhere, also where machines share a folder, or later, is not taken for it.
 */
export function folderPrefix(place: string = tmpdir()): string {
  return join(place, `mcp-tools-${namespaceId()}-${process.pid}-${readProcess(process.pid)?.startTime ?? 0}-`);
}

/**
 * Removes the private folders of processes that ended without doing so, from the folder for temporary files, and ends the programs that
 * were given them: both are left where a server and its helper were killed together. Linux only: elsewhere nothing says whether a
 * process is still the same. Never rejects.
 */
export async function removeStaleFolders(folder: string = tmpdir()): Promise<void> {
  const namespace = namespaceId();
  // Where other users' processes are hidden, one that is not seen may be running.
  if (namespace === '0' || readProcess(1) === undefined) return;
  for (const name of namesIn(folder)) {
    const [, itsNamespace, pid, startTime] = NAME.exec(name) ?? [];
    if (itsNamespace !== namespace || isRunning(Number(pid), startTime)) continue;
    const path = join(folder, name);
    const found = lstatSync(path, { throwIfNoEntry: false });
    const uid = process.getuid?.();
    if (found?.isDirectory() !== true || (uid !== 0 && found.uid !== uid) || (found.mode & 0o066) !== 0) continue;
    // What another user has started is not ended for a folder of that user; root's own programs may run as anybody.
    const owner = found.uid === 0 ? {} : { owner: found.uid };
    killOrphanPrograms({ starter: undefined, since: startTime, leaders: new Map(), directory: path, ...owner });
    await removeFolder(path);
  }
}

/** One that has ended stays visible until its parent has asked for its exit code. */
function isRunning(pid: number, startTime: string | undefined): boolean {
  const entry = readProcess(pid);
  return entry?.startTime === startTime && entry?.ended === false;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** With the machine, as every machine gives its namespaces the same numbers; `0` where there are none. */
function namespaceId(): string {
  try {
    const machine = createHash('sha256').update(hostname()).digest().readUInt32BE();
    return `${/\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? ''}${machine}`;
  } catch {
    return '0';
  }
}
