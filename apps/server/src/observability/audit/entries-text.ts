/**
 * Entries as a text that a process passes on without reading it. Most calls differ from an earlier one only in what each call has of
 * its own, so a text has the first entry of every kind whole, and of the others that alone: a quarter of the characters, and of the
 * time, of their JSON.
 */
import type { AuditEntry } from './audit-entry.ts';

export interface EntriesText {
  readonly json: string;
  readonly count: number;
}

/** Kinds that an entry is compared with: the last ones, as the text of a thousand entries may have a thousand. */
const MAX_COMPARED = 16;

type OwnMember = 'id' | 'at' | 'correlationId' | 'durationMs' | 'queueMs' | 'outputBytes';
type OwnValues = Pick<AuditEntry, OwnMember>;
/** Of each entry its kind and its own values, one entry after the other. Its time is how long it ended after the first one: a shorter number. */
type Rows = readonly (string | number)[];
const ROW_LENGTH = 7;

export function textOf(entries: readonly AuditEntry[]): EntriesText {
  const kinds: AuditEntry[] = [];
  const rows: (string | number)[] = [];
  const firstAt = entries[0]?.at ?? 0;
  for (const entry of entries) {
    const { id, at, correlationId, durationMs, queueMs, outputBytes } = entry;
    rows.push(kindOf(entry, kinds), id, at - firstAt, correlationId, durationMs, queueMs, outputBytes);
  }
  return { json: JSON.stringify([kinds, rows]), count: entries.length };
}

export function entriesOf(json: string): AuditEntry[] {
  const [kinds, rows] = JSON.parse(json) as [AuditEntry[], Rows];
  const entries: AuditEntry[] = [];
  const firstAt = kinds[0]?.at ?? 0;
  for (let start = 0; start < rows.length; start += ROW_LENGTH) {
    const kind = kinds[rows[start] as number] as AuditEntry;
    entries.push({ ...kind, ...ownValues(rows, start + 1, firstAt) });
  }
  return entries;
}

function ownValues(rows: Rows, start: number, firstAt: number): OwnValues {
  return {
    id: rows[start] as string,
    at: firstAt + (rows[start + 1] as number),
    correlationId: rows[start + 2] as string,
    durationMs: rows[start + 3] as number,
    queueMs: rows[start + 4] as number,
    outputBytes: rows[start + 5] as number,
  };
}

/** The place of its kind, which is added where it is new. */
function kindOf(entry: AuditEntry, kinds: AuditEntry[]): number {
  const last = kinds.length - 1;
  for (let place = last; place >= 0 && place > last - MAX_COMPARED; place--) {
    const kind = kinds[place];
    if (kind && isOfKind(entry, kind)) return place;
  }
  return kinds.push(entry) - 1;
}

/** Whether the two differ in own values only. Written out: a loop over the names of members takes several times as long. */
function isOfKind(a: AuditEntry, b: AuditEntry): boolean {
  return (
    a.tool === b.tool &&
    a.caller === b.caller &&
    a.outcome === b.outcome &&
    a.decision === b.decision &&
    a.reason === b.reason &&
    a.address === b.address &&
    a.keyName === b.keyName &&
    a.confirmation === b.confirmation &&
    a.approvedBy === b.approvedBy &&
    a.sandbox === b.sandbox &&
    a.targetsHeldBy === b.targetsHeldBy &&
    a.exitCode === b.exitCode &&
    a.message === b.message &&
    a.argumentText === b.argumentText &&
    a.client?.name === b.client?.name &&
    a.client?.version === b.client?.version &&
    a.upstream?.name === b.upstream?.name &&
    a.upstream?.tool === b.upstream?.tool &&
    a.upstream?.era === b.upstream?.era &&
    a.upstream?.request === b.upstream?.request &&
    isSameShape(a.argumentShape, b.argumentShape)
  );
}

function isSameShape(a: AuditEntry['argumentShape'], b: AuditEntry['argumentShape']): boolean {
  let more = 0;
  for (const name in a) {
    if (a[name] !== b[name]) return false;
    more++;
  }
  for (const _ in b) more--;
  return more === 0;
}
