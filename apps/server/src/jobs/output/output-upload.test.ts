import type { OutputStream } from '@mcp/tool-base';
import { expect, test } from 'vitest';

import { ManualClock } from '../../foundation/test-support/manual-clock.ts';
import type { OutputWriter } from './output-store.ts';
import { OutputUpload } from './output-upload.ts';
import { settled } from '../test-support/test-jobs.ts';

/** A writer into memory, and a database that can be away. */
class Upload {
  readonly clock = new ManualClock();
  readonly puts: string[] = [];
  isDown = false;
  isLocalOpen = true;
  isLocalThere = true;
  readonly #printed = { stdout: '', stderr: '' };
  readonly writer: OutputUpload;

  constructor() {
    const printed = this.#printed;
    const local: OutputWriter = {
      get stdoutBytes() {
        return printed.stdout.length;
      },
      get stderrBytes() {
        return printed.stderr.length;
      },
      write: (stream, bytes) => void (printed[stream] += Buffer.from(bytes).toString()),
      close: async () => undefined,
    };
    this.writer = new OutputUpload({
      writer: local,
      pieceBytes: 4,
      read: async (stream, offset) => Buffer.from(this.isLocalThere ? printed[stream].slice(offset, offset + 4) : ''),
      begin: () => (this.isDown ? Promise.reject(new Error('down')) : Promise.resolve()),
      put: async (stream, piece, bytes) => {
        if (this.isDown) throw new Error('down');
        this.puts.push(`${stream}/${piece}: ${Buffer.from(bytes).toString()}`);
      },
      onClosed: async () => {
        this.isLocalOpen = false;
      },
      closeTimeoutMs: 3000,
      clock: this.clock,
    });
  }

  print(text: string, stream: OutputStream = 'stdout'): void {
    this.writer.write(stream, Buffer.from(text));
  }
}

test('full pieces go at once, and one that grows at most four times a second', async () => {
  const upload = new Upload();
  upload.print('abcdef');
  await settled();
  expect(upload.puts).toEqual(['stdout/0: abcd', 'stdout/1: ef']);
  for (const character of 'g1') upload.print(character);
  await settled();
  expect(upload.puts).toHaveLength(2);
  await upload.clock.advanceAsync(250);
  await settled();
  expect(upload.puts).toEqual(['stdout/0: abcd', 'stdout/1: ef', 'stdout/1: efg1']);
});

test('the end waits for what is left, without a pause', async () => {
  const upload = new Upload();
  upload.print('a');
  await settled();
  upload.print('b');
  upload.print('!', 'stderr');
  await upload.writer.close();
  expect(upload.puts).toEqual(['stdout/0: a', 'stdout/0: ab', 'stderr/0: !']);
  expect(upload.isLocalOpen).toBe(false);
});

test('a database that is away for a while loses nothing, also at the end of the run', async () => {
  const upload = new Upload();
  upload.isDown = true;
  upload.print('abc');
  await settled();
  const closed = upload.writer.close();
  await upload.clock.advanceAsync(1000);
  await settled();
  upload.isDown = false;
  await upload.clock.advanceAsync(1000);
  await closed;
  expect(upload.puts).toEqual(['stdout/0: abc']);
});

test('one that stays away fails the end of the run, and the local copy is removed all the same', async () => {
  const upload = new Upload();
  upload.isDown = true;
  upload.print('abc');
  await settled();
  const closed = upload.writer.close().then(
    () => 'all is kept',
    (error: Error) => error.message,
  );
  for (let second = 0; second < 5; second += 1) {
    await upload.clock.advanceAsync(1000);
    await settled();
  }
  expect(await closed).toBe('down');
  expect([upload.puts, upload.isLocalOpen, upload.clock.pendingTimers]).toEqual([[], false, 0]);
});

test('a local copy that is gone fails the end of the run', async () => {
  const upload = new Upload();
  upload.isLocalThere = false;
  upload.print('abc');
  await settled();
  const closed = upload.writer.close().then(
    () => 'all is kept',
    (error: Error) => error.message,
  );
  for (let second = 0; second < 5; second += 1) {
    await upload.clock.advanceAsync(1000);
    await settled();
  }
  expect(await closed).toContain('is gone');
  expect(upload.clock.pendingTimers).toBe(0);
});
