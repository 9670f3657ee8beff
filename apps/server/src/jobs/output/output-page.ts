/** A page of output that begins and ends between two characters. */
import type { OutputStream } from '@mcp/tool-base';

import type { OutputRun, OutputStore } from './output-store.ts';

export interface OutputPage {
  /** In bytes; where the asked offset was inside a character, the next one. */
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** The same as text; undefined for bytes that are not UTF-8. */
  readonly text: string | undefined;
  /** Bytes kept so far. */
  readonly total: number;
  /** Where the next page begins; undefined at the end of what is there. */
  readonly next: number | undefined;
}

export interface OutputRange {
  /** In bytes. */
  readonly offset: number;
  readonly limit: number;
}

export interface OutputSource {
  readonly run: OutputRun;
  readonly stream: OutputStream;
  /** Whether nothing follows; else an unfinished character at the end is left for later. */
  readonly isComplete: boolean;
}

const MAX_CHARACTER_BYTES = 4;

/** @param limit 4 bytes or more */
export async function readPage(
  store: Pick<OutputStore, 'read'>,
  { run, stream, isComplete }: OutputSource,
  { offset, limit }: OutputRange,
): Promise<OutputPage> {
  // The bytes before say whether the offset is inside a character.
  const before = Math.min(offset, MAX_CHARACTER_BYTES - 1);
  const { bytes: all, total } = await store.read(run, stream, offset - before, limit + before);
  const read = all.subarray(before);
  const skipped = Math.min(read.length, insideCharacter(all, before));
  const isEnd = isComplete && offset + read.length >= total;
  const end = isEnd ? read.length : read.length - unfinishedTail(read);
  const bytes = read.subarray(skipped, Math.max(skipped, end));
  const next = offset + skipped + bytes.length;
  return {
    offset: Math.min(offset + skipped, total),
    bytes,
    text: decode(bytes),
    total,
    next: next < total && bytes.length > 0 ? next : undefined,
  };
}

/** Bytes from `at` on that belong to a character that begins before. */
function insideCharacter(bytes: Uint8Array, at: number): number {
  for (let back = 1; back <= at && isContinuation(bytes[at]); back += 1) {
    const byte = bytes[at - back] ?? 0;
    if (!isContinuation(byte)) return Math.max(0, lengthOfCharacter(byte) - back);
  }
  return 0;
}

/** Bytes at the end of a character whose rest is not there. */
function unfinishedTail(bytes: Uint8Array): number {
  for (let back = 1; back < MAX_CHARACTER_BYTES && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (isContinuation(byte)) continue;
    return back < lengthOfCharacter(byte) ? back : 0;
  }
  return 0;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function lengthOfCharacter(first: number): number {
  if (first >= 0xf0 && first < 0xf8) return 4;
  if (first >= 0xe0) return first < 0xf0 ? 3 : 1;
  return first >= 0xc0 ? 2 : 1;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
