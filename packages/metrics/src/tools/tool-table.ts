import { isLabelValue } from '../label-value.ts';
import { type RecordLayout, ToolRecord } from './tool-record.ts';

/** The label value under which calls of undeclared tools are counted. */
export const UNKNOWN_TOOL = '__unknown__';

/** How many names of evicted tools are kept per record: such a tool gets a new record when it is called again. */
const EVICTED_NAMES_PER_RECORD = 4;

/** `lru`: the table was full. `idle`: the tool was not called for `idleTtlMs`. */
export type EvictionReason = 'lru' | 'idle';

/**
 * The records of the tools: at most `maxTools`, and one that undeclared names share.
 * An eviction searches all records. It is rare, and a call then only has to update one number.
 */
export class ToolTable {
  readonly unknown: ToolRecord;
  /** Whether a call was counted in the shared record. */
  #unknownUsed = false;
  readonly evicted: Record<EvictionReason, number> = { lru: 0, idle: 0 };
  readonly #layout: RecordLayout;
  readonly #maxTools: number;
  readonly #idleTtlMs: number;
  readonly #records = new Map<string, ToolRecord>();
  /** Declared names without a record, oldest first. */
  readonly #evictedNames = new Set<string>();
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

  /** The records in order of creation; the shared one last, if it has been used. */
  records(): ToolRecord[] {
    const records = [...this.#records.values()];
    if (this.#unknownUsed) records.push(this.unknown);
    return records;
  }

  get(tool: string): ToolRecord | undefined {
    return this.#records.get(tool);
  }

  /** Creates the record of a tool. False if the name cannot be a label value or is reserved. */
  declare(tool: string, nowMs: number): boolean {
    if (!isLabelValue(tool) || tool === UNKNOWN_TOOL) return false;
    const existing = this.#records.get(tool);
    if (existing === undefined) {
      if (this.#create(tool, nowMs) === undefined) this.#keepName(tool);
    } else {
      existing.removed = false;
      this.touch(existing, nowMs);
    }
    return true;
  }

  /** The record in which a call is counted: the shared one for an undeclared tool, and for a declared one if all records have running calls. */
  forCall(tool: string, nowMs: number): ToolRecord {
    const existing = this.#records.get(tool);
    // Counts as a use when the call ends; until then a tool with a running call is not evicted.
    if (existing !== undefined && !existing.removed) return existing;
    const recreated = this.#evictedNames.has(tool) ? this.#create(tool, nowMs) : undefined;
    if (recreated === undefined) this.#unknownUsed = true;
    return recreated ?? this.unknown;
  }

  touch(record: ToolRecord, nowMs: number): void {
    record.lastUsedMs = nowMs;
    record.lastUse = ++this.#uses;
  }

  /** Drops the tool and its series; with running calls, when the last one ends. */
  forget(tool: string): void {
    this.#evictedNames.delete(tool);
    const record = this.#records.get(tool);
    if (record === undefined) return;
    if (record.active > 0) record.removed = true;
    else this.#remove(record);
  }

  /** Called when a call of a forgotten tool ends. */
  release(record: ToolRecord): void {
    if (record.removed && record.active === 0) this.#remove(record);
  }

  /** Evicts every tool that was not called for the idle time. */
  evictIdle(nowMs: number): void {
    for (const record of this.#records.values()) {
      if (record.active === 0 && nowMs - record.lastUsedMs > this.#idleTtlMs) this.#evict(record, 'idle');
    }
  }

  /** Undefined if the table is full and every tool has a running call. */
  #create(tool: string, nowMs: number): ToolRecord | undefined {
    if (this.#records.size >= this.#maxTools && !this.#evictOne()) return undefined;
    this.#evictedNames.delete(tool);
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
    this.#keepName(record.tool);
    this.evicted[reason]++;
  }

  #keepName(tool: string): void {
    if (this.#evictedNames.size >= this.#maxTools * EVICTED_NAMES_PER_RECORD) {
      for (const oldest of this.#evictedNames) {
        this.#evictedNames.delete(oldest);
        break;
      }
    }
    this.#evictedNames.add(tool);
  }

  #remove(record: ToolRecord): void {
    this.#records.delete(record.tool);
  }
}
