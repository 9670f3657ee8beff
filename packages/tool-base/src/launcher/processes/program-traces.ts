/**
 * Which processes are those of programs that their helper no longer ends. Nothing that the helper says identifies a process: a
 * program may have taken the helper over. The kernel's word does: who started a process and when, its first environment, and its
 * session. A working directory does not: a person, or a program that searches the disk, may be anywhere.
 */

import { lstatSync, readFileSync } from 'node:fs';

import { readProcess, type ProcessEntry } from './process-table.ts';

export interface ProgramTraces {
  /** The process that starts the programs, while it may still run; it is not a program itself. */
  readonly starter: number | undefined;
  /** Start time of that process, or of one before it: what is older is not of its programs. Without it, nothing is. */
  readonly since: string | undefined;
  /** Leaders of program groups and their start times, as {@link readLeader} found them. */
  readonly leaders: ReadonlyMap<number, string>;
  /** The folder of the private folders, with a name that nothing else has: it is in the environment of every program. */
  readonly directory: string;
  /** The user whose processes they are. @default any */
  readonly owner?: number;
  /** Private folders of programs that go on. */
  readonly live?: ReadonlySet<string>;
}

type Table = ReadonlyMap<number, ProcessEntry>;

/** @returns the start time of a process that `starter` started as the leader of a group; `undefined` for every other */
export function readLeader(pid: number, starter: number | undefined): string | undefined {
  const entry = readProcess(pid);
  return entry !== undefined && entry.parent === starter && entry.group === pid ? entry.startTime : undefined;
}

/**
 * The programs with all that they started, also what left its process group or has another environment. Never this process, one
 * that it descends from, or the starter.
 */
export function findPrograms(table: Table, traces: ProgramTraces): ReadonlySet<number> {
  const young = [...table].filter(([pid, entry]) => isCandidate(pid, entry, traces));
  const given = new Set(young.flatMap(([pid]) => (wasGiven(pid, traces.directory, traces.live) ? [pid] : [])));
  const sessions = sessionsOf(given, table);
  const children = Map.groupBy(table.keys(), (pid) => table.get(pid)?.parent);
  const spared = new Set([...lineOf(process.pid, table), traces.starter]);
  const found = new Set<number>();
  const add = (pid: number): void => {
    if (found.has(pid) || spared.has(pid)) return;
    found.add(pid);
    for (const child of children.get(pid) ?? []) add(child);
  };
  if (traces.starter !== undefined && table.has(traces.starter)) children.get(traces.starter)?.forEach(add);
  for (const [pid, entry] of young) {
    if (given.has(pid) || sessions.has(entry.session) || isOfLeader(pid, entry, table, traces.leaders)) add(pid);
  }
  return found;
}

function isCandidate(pid: number, { startTime }: ProcessEntry, { since, owner }: ProgramTraces): boolean {
  return Number(startTime) >= Number(since) && (owner === undefined || ownerOf(pid) === owner);
}

/** Root for a process that has more rights than the user who started it. */
function ownerOf(pid: number): number | undefined {
  return lstatSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
}

/** Every program leads a session of its own, which nobody else can join. */
function sessionsOf(given: ReadonlySet<number>, table: Table): ReadonlySet<number> {
  const sessions = new Set<number>();
  const own = table.get(process.pid)?.session;
  for (const pid of given) {
    const session = table.get(pid)?.session ?? 0;
    // 0 is the session of whatever a process outside this namespace leads. A person may have given the folder to one by hand.
    if (session > 1 && session !== own && (given.has(session) || !table.has(session))) sessions.add(session);
  }
  return sessions;
}

/** A process and those that it descends from. */
function lineOf(pid: number, table: Table): readonly number[] {
  const parent = table.get(pid)?.parent;
  return parent === undefined ? [pid] : [pid, ...lineOf(parent, table)];
}

/** While a group exists its number is given to no new process, so a group without its leader is still the leader's. */
function isOfLeader(
  pid: number,
  { group, session }: ProcessEntry,
  table: Table,
  leaders: ProgramTraces['leaders'],
): boolean {
  const startTime = leaders.get(group);
  if (startTime === undefined || session !== group) return false;
  const leader = table.get(group);
  return leader === undefined ? pid !== group : leader.startTime === startTime;
}

/** Every program has these variables unless its operator changed one, and nothing else that a person starts in the folder has. */
const GIVEN = ['TMPDIR', 'HOME'];

/**
 * Whether a process was started with a folder, or one in it that is not among `others`. False as well for a process that has ended or
 * belongs to another user.
 */
export function wasGiven(pid: number, folder: string, others: ReadonlySet<string> = new Set()): boolean {
  try {
    const given = readFileSync(`/proc/${pid}/environ`, 'latin1')
      .split('\0')
      .flatMap((variable) =>
        GIVEN.flatMap((name) => (variable.startsWith(`${name}=`) ? [variable.slice(name.length + 1)] : [])),
      )
      .filter((path) => path === folder || path.startsWith(`${folder}/`));
    return given.length > 0 && !given.some((path) => others.has(path));
  } catch {
    return false;
  }
}
