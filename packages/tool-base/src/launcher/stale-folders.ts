/** Names of private folders, by which a later server finds what a killed one has left: the folders, and programs that still run. */

import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { killProcess } from './orphan-programs.ts';
import { readProcess, readProcessTable } from './process-table.ts';
import { removeFolder } from './remove-folder.ts';

const NAME = /^mcp-tools-(\d+)-(\d+)-(\d+)-\w{6}$/;

/**
 * What the name of a folder of this process starts with: its process namespace, its id there and when it started, so that a process
 * of the same id elsewhere, or later, is not taken for it.
 */
export function folderPrefix(): string {
  return join(tmpdir(), `mcp-tools-${namespaceId()}-${process.pid}-${readProcess(process.pid)?.startTime ?? 0}-`);
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
    endPrograms(path, Number(startTime));
    await removeFolder(path);
  }
}

/** One that has ended stays visible until its parent has asked for its exit code. */
function isRunning(pid: number, startTime: string | undefined): boolean {
  const entry = readProcess(pid);
  return entry?.startTime === startTime && entry?.ended === false;
}

/**
 * With what they started in the session of a program, which may have another environment. What is older than the server is not of its
 * programs: many processes of a machine can share a session whose leader has ended.
 */
function endPrograms(folder: string, serverStart: number): void {
  const table = readProcessTable();
  const younger = [...table].filter(([, { startTime }]) => Number(startTime) >= serverStart);
  const given = new Set(younger.flatMap(([pid]) => (wasGiven(pid, folder) ? [pid] : [])));
  const sessions = new Set([...given].map((pid) => table.get(pid)?.session));
  // Every program leads a session of its own. 0 is the session of whatever a process outside this namespace leads.
  for (const session of [0, readProcess(process.pid)?.session]) sessions.delete(session);
  for (const [pid, { session }] of younger) {
    // A person may have started one by hand, in the session of a terminal.
    const isOfProgram = sessions.has(session) && (given.has(session) || !table.has(session));
    if (given.has(pid) || isOfProgram) killProcess(pid);
  }
}

/** Every program has this variable, and nothing else that a person may have started in the folder. */
function wasGiven(pid: number, folder: string): boolean {
  try {
    return `\0${readFileSync(`/proc/${pid}/environ`, 'latin1')}`.includes(`\0TMPDIR=${folder}/`);
  } catch {
    return false;
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** `0` where there are no process namespaces. */
function namespaceId(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0';
  }
}
