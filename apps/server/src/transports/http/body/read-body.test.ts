import { PassThrough, Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readBody, readJsonBody } from './read-body.ts';

const chunks = ['{"a', '":1', '}'].map((text) => Buffer.from(text));
const nodeBody = (): Readable => Readable.from(chunks);
const webBody = (): ReadableStream<Uint8Array> => Readable.toWeb(nodeBody()) as ReadableStream<Uint8Array>;

describe.each([
  ['a node request', nodeBody],
  ['a web request', webBody],
])('the body of %s', (_name, body) => {
  test('is read whole, up to the limit and including it', async () => {
    expect(await readJsonBody(body(), 7)).toEqual({ ok: true, value: { a: 1 } });
  });

  test('is refused past the limit, and the connection with it', async () => {
    expect(await readBody(body(), 6)).toMatchObject({ ok: false, status: 413, headers: { connection: 'close' } });
  });
});

test('stops reading at the limit', async () => {
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

test('refuses a body whose sender goes away, and one that is gone already', async () => {
  const body = new PassThrough();
  const read = readBody(body, 100);
  body.write('{"a":');
  body.destroy(new Error('reset'));
  expect(await read).toMatchObject({ ok: false, status: 400 });
  expect(await readBody(body, 100)).toMatchObject({ ok: false, status: 400 });

  const broken = new ReadableStream<Uint8Array>({ pull: (controller) => controller.error(new Error('reset')) });
  expect(await readBody(broken, 100)).toMatchObject({ ok: false, status: 400 });
});

test('takes a missing body for an empty one', async () => {
  expect(await readBody(null, 100)).toEqual({ ok: true, bytes: new Uint8Array() });
  expect(await readJsonBody(null, 100)).toMatchObject({ ok: false, status: 400 });
});
