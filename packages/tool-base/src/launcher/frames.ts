/**
 * The protocol between the server and its launcher process, over two pipes: frames of
 * `u32 payload length | u8 type | u32 run | payload`, big-endian.
 */

import type { ProgramSpec } from './program.ts';

/** Below 16 from the server to the helper, the others back. */
export const FRAME = {
  /** JSON {@link StartRequest}. */
  start: 1,
  stop: 2,
  /** Answered at once by {@link FRAME.pong}; both without a run. */
  ping: 3,
  /** Bytes for the stdin of a run. */
  stdin: 4,
  /** No more will come: stdin is closed. */
  stdinEnd: 5,
  /** Sent once. */
  ready: 16,
  /** u32 process id, which is also the group. The server uses it only when the kernel confirms it. */
  started: 17,
  stdout: 18,
  stderr: 19,
  /** JSON `ProgramExit` or `ProgramStartFailure`; the last frame of a run. */
  ended: 20,
  pong: 21,
  /** u32 bytes of {@link FRAME.stdin} that the program has read since, once they are {@link READ_STEP}; only of conversations. */
  stdinRead: 22,
} as const;

/** Reported one by one, every line that a program reads would wake the server once more than its answer does. */
export const READ_STEP: number = 2 ** 16;

export interface StartRequest {
  readonly spec: Omit<ProgramSpec, 'stdin' | 'secrets'>;
  /** Whether {@link FRAME.stdin} and {@link FRAME.stdinEnd} follow; without them stdin is /dev/null. */
  readonly hasStdin: boolean;
  /** Whether {@link FRAME.stdinRead} is wanted, and output waits while the server does not read. */
  readonly isConversation: boolean;
  /** The private folder of the run, which the server made. */
  readonly directory: string;
}

export interface Frame {
  readonly type: number;
  readonly run: number;
  readonly payload: Buffer;
}

const HEADER = 9;
/** Larger than any argument list that passes the check, and than one read of a pipe. */
const MAX_PAYLOAD = 4 * 2 ** 20;

/** One buffer: to write two of a short message costs more than to copy it. */
export function encodeBytes(type: number, run: number, payload: Uint8Array): Buffer {
  const frame = emptyFrame(type, run, payload.length);
  frame.set(payload, HEADER);
  return frame;
}

export function encodeFrame(type: number, run: number, payload: string): Buffer {
  const frame = emptyFrame(type, run, Buffer.byteLength(payload));
  frame.write(payload, HEADER);
  return frame;
}

export function encodeNumber(type: number, run: number, value: number): Buffer {
  const frame = emptyFrame(type, run, 4);
  frame.writeUInt32BE(value, HEADER);
  return frame;
}

function emptyFrame(type: number, run: number, length: number): Buffer {
  const frame = Buffer.allocUnsafe(HEADER + length);
  frame.writeUInt32BE(length, 0);
  frame[4] = type;
  frame.writeUInt32BE(run, 5);
  return frame;
}

/**
 * Cuts a byte stream into frames; holds at most one unfinished frame. Of output nothing is held: a frame of it that comes in
 * pieces is given as several.
 */
export class FrameReader {
  #pending: Buffer = Buffer.alloc(0);
  /** The output frame whose payload is not complete. */
  #open: { readonly type: number; readonly run: number; left: number } | undefined;

  /** @throws {RangeError} for a frame that is larger than this protocol allows */
  *push(chunk: Buffer): IterableIterator<Frame> {
    let data = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    for (;;) {
      const open = this.#open;
      if (open) {
        const payload = data.subarray(0, open.left);
        data = data.subarray(payload.length);
        open.left -= payload.length;
        if (open.left === 0) this.#open = undefined;
        if (payload.length > 0) yield { type: open.type, run: open.run, payload };
        if (open.left > 0) break;
      }
      if (data.length < HEADER) break;
      const length = data.readUInt32BE(0);
      if (length > MAX_PAYLOAD) throw new RangeError(`A frame of ${length} bytes is not allowed.`);
      const type = data[4] ?? 0;
      const run = data.readUInt32BE(5);
      const end = HEADER + length;
      if (type === FRAME.stdout || type === FRAME.stderr) {
        this.#open = { type, run, left: length };
        data = data.subarray(HEADER);
      } else {
        if (data.length < end) break;
        yield { type, run, payload: data.subarray(HEADER, end) };
        data = data.subarray(end);
      }
    }
    this.#pending = data;
  }
}
