import { isLabelValue } from './label-value.ts';
import { type RecordLayout, ToolRecord } from './tool-record.ts';

/** The label value under which calls of undeclared tools are counted. */
export const UNKNOWN_TOOL = '__unknown__';

/** How many evicted names are remembered for each record held: a remembered tool earns a new record when it is called again. */
const REMEMBERED_PER_RECORD = 4;

export type EvictionReason = 'lru' | 'idle';

/**
 * Which tools have a record. At most `maxTools` plus the one that undeclared names share.
 * Evicting searches all of them: it is rare, and this way a call pays for no order but one number.
 */
export class ToolTable {
  readonly unknown: ToolRecord;
  /** Whether any call was ever counted in the shared record. */
  #unknownUsed = false;
  readonly evicted: Record<EvictionReason, number> = { lru: 0, idle: 0 };
  readonly #layout: RecordLayout;
  readonly #maxTools: number;
  readonly #idleTtlMs: number;
  readonly #records = new Map<string, ToolRecord>();
  /** Declared names without a record, oldest first. */
  readonly #remembered = new Set<string>();
  #uses = 0;

  constructor(layout: RecordLayout, maxTools: number, idleTtlMs: number) {
    this.#layout = layout;
    this.#maxTools = maxTools;
    this.#idleTtlMs = idleTtlMs;
    this.unknown = new ToolRecord(UNKNOWN_TOOL, layout, 0);
  }

  get size(): number {
    return this.#records.size;
  }

  /** The records in order of creation; the shared one last, and only once it was used. */
  records(): ToolRecord[] {
    const records = [...this.#records.values()];
    if (this.#unknownUsed) records.push(this.unknown);
    return records;
  }

  get(tool: string): ToolRecord | undefined {
    return this.#records.get(tool);
  }

  /** False when the name cannot be a label value or is reserved. */
  declare(tool: string, nowMs: number): boolean {
    if (!isLabelValue(tool) || tool === UNKNOWN_TOOL) return false;
    const held = this.#records.get(tool);
    if (held === undefined) {
      if (this.#create(tool, nowMs) === undefined) this.#remember(tool);
    } else {
      held.leaving = false;
      this.touch(held, nowMs);
    }
    return true;
  }

  /** The record a call is counted in. Undeclared names share one, and so do declared ones while all records are running. */
  forCall(tool: string, nowMs: number): ToolRecord {
    const held = this.#records.get(tool);
    // Not touched here: a running tool cannot be evicted, and its end is a use.
    if (held !== undefined && !held.leaving) return held;
    const revived = this.#remembered.has(tool) ? this.#create(tool, nowMs) : undefined;
    if (revived === undefined) this.#unknownUsed = true;
    return revived ?? this.unknown;
  }

  touch(record: ToolRecord, nowMs: number): void {
    record.lastUsedMs = nowMs;
    record.lastUse = ++this.#uses;
  }

  /** Drops the tool and its series; a tool that is running leaves with its last call. */
  forget(tool: string): void {
    this.#remembered.delete(tool);
    const record = this.#records.get(tool);
    if (record === undefined) return;
    if (record.active > 0) record.leaving = true;
    else this.#remove(record);
  }

  /** Called when a call ends on a record that is leaving. */
  release(record: ToolRecord): void {
    if (record.leaving && record.active === 0) this.#remove(record);
  }

  /** Evicts every tool that nobody has called for the idle time. */
  evictIdle(nowMs: number): void {
    for (const record of this.#records.values()) {
      if (record.active === 0 && nowMs - record.lastUsedMs > this.#idleTtlMs) this.#evict(record, 'idle');
    }
  }

  /** Undefined when the table is full of running tools. */
  #create(tool: string, nowMs: number): ToolRecord | undefined {
    if (this.#records.size >= this.#maxTools && !this.#evictOne()) return undefined;
    this.#remembered.delete(tool);
    const record = new ToolRecord(tool, this.#layout, nowMs);
    this.#records.set(tool, record);
    this.touch(record, nowMs);
    return record;
  }

  #evictOne(): boolean {
    let oldest: ToolRecord | undefined;
    for (const record of this.#records.values()) {
      if (record.active === 0 && (oldest === undefined || record.lastUse < oldest.lastUse)) oldest = record;
    }
    if (oldest !== undefined) this.#evict(oldest, 'lru');
    return oldest !== undefined;
  }

  #evict(record: ToolRecord, reason: EvictionReason): void {
    this.#remove(record);
    this.#remember(record.tool);
    this.evicted[reason]++;
  }

  #remember(tool: string): void {
    if (this.#remembered.size >= this.#maxTools * REMEMBERED_PER_RECORD) {
      for (const oldest of this.#remembered) {
        this.#remembered.delete(oldest);
        break;
      }
    }
    this.#remembered.add(tool);
  }

  #remove(record: ToolRecord): void {
    this.#records.delete(record.tool);
  }
}
