import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeFrame, encodeHeader, encodeNumber, FrameReader, type Frame } from './frames.ts';

test('frames survive any cutting of the stream', () => {
  const frame = fc.record({ type: fc.nat(255), run: fc.nat(0xffff_ffff), payload: fc.string({ unit: 'binary' }) });
  fc.assert(
    fc.property(fc.array(frame), fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (frames, sizes) => {
      const bytes = Buffer.concat(
        frames.map(({ type, run, payload }) => encodeFrame(type, run, payload.toWellFormed())),
      );
      const reader = new FrameReader();
      const got: Frame[] = [];
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
      expect(got.map(({ type, run, payload }) => ({ type, run, payload: payload.toString() }))).toEqual(
        frames.map((one) => ({ ...one, payload: one.payload.toWellFormed() })),
      );
    }),
  );
});

test('a header with its payload after it, and a number, are frames too', () => {
  const bytes = Buffer.concat([encodeHeader(18, 7, 2), Buffer.from('ok'), encodeNumber(17, 7, 4711)]);
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
  expect(() => [...reader.push(encodeHeader(1, 1, 5 * 2 ** 20))]).toThrow(RangeError);
});
