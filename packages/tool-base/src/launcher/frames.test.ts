import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeBytes, encodeFrame, encodeNumber, FRAME, FrameReader } from './frames.ts';

interface TextFrame {
  readonly type: number;
  readonly run: number;
  readonly payload: string;
}

/** Output is a stream of bytes: where one frame of it ends and the next begins means nothing. */
function joined(
  frames: readonly { readonly type: number; readonly run: number; readonly payload: Buffer }[],
): TextFrame[] {
  const list: { type: number; run: number; payload: Buffer }[] = [];
  for (const { type, run, payload } of frames) {
    const isOutput = type === FRAME.stdout || type === FRAME.stderr;
    const last = list.at(-1);
    if (isOutput && last?.type === type && last.run === run) last.payload = Buffer.concat([last.payload, payload]);
    else if (!isOutput || payload.length > 0) list.push({ type, run, payload: Buffer.from(payload) });
  }
  return list.map((frame) => ({ ...frame, payload: frame.payload.toString() }));
}

test('frames survive any cutting of the stream, and output is given as it comes', () => {
  const type = fc.oneof(fc.nat(255), fc.constantFrom(FRAME.stdout, FRAME.stderr));
  const frame = fc.record({ type, run: fc.nat(0xffff_ffff), payload: fc.string({ unit: 'binary' }) });
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (frames, sizes) => {
      const sent = frames.map((one) => ({ ...one, payload: Buffer.from(one.payload.toWellFormed()) }));
      const bytes = Buffer.concat(
        frames.map(({ type: given, run, payload }) => encodeFrame(given, run, payload.toWellFormed())),
      );
      const reader = new FrameReader();
      const got: { type: number; run: number; payload: Buffer }[] = [];
      for (let at = 0, cut = 0; at < bytes.length; cut += 1) {
        const size = sizes[cut % sizes.length] ?? 1;
        got.push(
          ...[...reader.push(bytes.subarray(at, at + size))].map((one) => ({
            ...one,
            payload: Buffer.from(one.payload),
          })),
        );
        at += size;
      }
      expect(joined(got)).toEqual(joined(sent));
    }),
  );
});

test('a header with its payload after it, and a number, are frames too', () => {
  const bytes = Buffer.concat([encodeBytes(18, 7, Buffer.from('ok')), encodeNumber(17, 7, 4711)]);
  const frames = [...new FrameReader().push(bytes)];
  expect(frames.map(({ type, run }) => [type, run])).toEqual([
    [18, 7],
    [17, 7],
  ]);
  expect(frames[0]?.payload.toString()).toBe('ok');
  expect(frames[1]?.payload.readUInt32BE()).toBe(4711);
});

test('a frame larger than any of ours is refused before it is stored', () => {
  const reader = new FrameReader();
  expect(() => [...reader.push(encodeBytes(1, 1, Buffer.alloc(5 * 2 ** 20)))]).toThrow(RangeError);
});

test('output is given before its frame is complete', () => {
  const reader = new FrameReader();
  const frame = encodeFrame(FRAME.stdout, 7, 'abcdef');
  const pieces = [frame.subarray(0, 12), frame.subarray(12)].map((part) =>
    [...reader.push(part)].map(({ payload }) => payload.toString()),
  );
  expect(pieces).toEqual([['abc'], ['def']]);
});
