import { PassThrough, Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { readBody, readJsonBody } from './read-body.ts';

const body = (): Readable => Readable.from(['{"a', '":1', '}'].map((text) => Buffer.from(text)));

test('a body is read completely, up to and including the limit', async () => {
  expect(await readJsonBody(body(), 7)).toEqual({ ok: true, value: { a: 1 } });
});

test('a body above the limit is rejected and the connection closed', async () => {
  expect(await readBody(body(), 6)).toMatchObject({ ok: false, status: 413, headers: { connection: 'close' } });
});

test('nothing is read beyond the limit', async () => {
  let asked = 0;
  const endless = new Readable({
    highWaterMark: 1024,
    read() {
      asked++;
      this.push(Buffer.alloc(1024));
    },
  });
  expect(await readBody(endless, 10_000)).toMatchObject({ status: 413 });
  expect(asked).toBeLessThan(20);
  expect(endless.isPaused()).toBe(true);
});

test('a body whose client disconnects is rejected, also when it is disconnected before', async () => {
  const body = new PassThrough();
  const read = readBody(body, 100);
  body.write('{"a":');
  body.destroy(new Error('reset'));
  expect(await read).toMatchObject({ ok: false, status: 400 });
  expect(await readBody(body, 100)).toMatchObject({ ok: false, status: 400 });
});

test('an empty body is no JSON', async () => {
  expect(await readBody(Readable.from([]), 100)).toEqual({ ok: true, bytes: Buffer.alloc(0) });
  expect(await readJsonBody(Readable.from([]), 100)).toMatchObject({ ok: false, status: 400 });
});
