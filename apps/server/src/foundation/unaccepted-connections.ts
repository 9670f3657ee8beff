import { closeSync, openSync, readSync } from 'node:fs';

/** Where a listener is. */
export interface ListeningPlace {
  /** Of one family. */
  readonly address: string;
  readonly port: number;
}

/** What the system holds for a listener and the process has not accepted. */
export interface UnacceptedConnections {
  /** The client may already count them as established, and send. */
  readonly halfOpen: number;
  /** The client's ports of connections from the address that they lead to. */
  readonly fromSameAddress: ReadonlySet<number>;
}

/** @returns the text, in pieces */
export type ReadTable = (path: string) => Iterable<string>;

/** One socket in the tables of Linux. */
interface SocketLine {
  readonly from: string;
  readonly to: string;
  readonly state: string;
  readonly sizes: string;
  readonly inode: string;
}

const ESTABLISHED = '01';
const SYN_RECEIVED = '03';
const LISTENING = '0A';

/** @returns how many connections are in the queue of the listener, or undefined where the system does not show it; Linux does */
export function queuedConnections(place: ListeningPlace, read: ReadTable = readTable): number | undefined {
  for (const { state, sizes } of socketsAt(place, read)) {
    if (state === LISTENING) return Number.parseInt(sizes.slice(sizes.indexOf(':') + 1), 16);
  }
  return undefined;
}

/** Reads all sockets of the machine, which takes some milliseconds for each thousand. */
export function unacceptedConnections(place: ListeningPlace, read: ReadTable = readTable): UnacceptedConnections {
  let halfOpen = 0;
  const fromSameAddress = new Set<number>();
  for (const { state, from, to, inode } of socketsAt(place, read)) {
    if (state === SYN_RECEIVED) halfOpen += 1;
    // A socket that no process has accepted has no inode.
    if (state !== ESTABLISHED || inode !== '0' || addressOf(from) !== addressOf(to)) continue;
    fromSameAddress.add(Number.parseInt(to.slice(-4), 16));
  }
  return { halfOpen, fromSameAddress };
}

const addressOf = (place: string): string => place.slice(0, place.indexOf(':'));

function* socketsAt({ address, port }: ListeningPlace, read: ReadTable): Generator<SocketLine> {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  let rest = '';
  // A listener for both families is in the second, with all its connections. Listeners come first in each.
  for (const text of read(address.includes(':') ? '/proc/net/tcp6' : '/proc/net/tcp')) {
    const lines = `${rest}${text}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (!line.includes(local)) continue;
      const [, from = '', to = '', state = '', sizes = '', , , , , inode = ''] = line.trim().split(/ +/u);
      if (from.endsWith(local)) yield { from, to, state, sizes, inode };
    }
  }
}

function* readTable(path: string): Generator<string> {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return;
  }
  try {
    // The system fills no more than a page at a time.
    const buffer = Buffer.allocUnsafe(4096);
    for (let bytes = readSync(file, buffer); bytes > 0; bytes = readSync(file, buffer)) {
      yield buffer.toString('latin1', 0, bytes);
    }
  } finally {
    closeSync(file);
  }
}
