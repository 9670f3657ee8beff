import { PassThrough, Writable } from 'node:stream';

import { expect, test } from 'vitest';

import { ManualClock } from '../../foundation/test-support/manual-clock.ts';
import { StdioLines, type StdioLinesOptions } from './stdio-lines.ts';

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

interface Opened {
  readonly input: PassThrough;
  readonly lines: StdioLines;
  readonly values: unknown[];
  /** Lines that are not JSON; blank lines left out. */
  readonly invalid: string[];
  readonly errors: string[];
  readonly tooLong: number[];
  readonly notUtf8: () => number;
  readonly broken: () => number;
}

function open(
  output: Writable = new PassThrough().resume(),
  maxLineBytes?: number,
  more: Partial<StdioLinesOptions> = {},
): Opened {
  const input = new PassThrough();
  const values: unknown[] = [];
  const invalid: string[] = [];
  const errors: string[] = [];
  const tooLong: number[] = [];
  let broken = 0;
  let notUtf8 = 0;
  const lines = new StdioLines({
    input,
    output,
    ...(maxLineBytes !== undefined && { maxLineBytes }),
    onLine: (line) => {
      try {
        values.push(JSON.parse(line));
      } catch {
        if (line.trim() !== '') invalid.push(line);
      }
    },
    onNotUtf8: () => notUtf8++,
    onTooLong: (maxLineBytes) => tooLong.push(maxLineBytes),
    onError: ({ message }) => errors.push(message),
    onBroken: () => broken++,
    ...more,
  });
  lines.start();
  return { input, lines, values, invalid, errors, tooLong, notUtf8: () => notUtf8, broken: () => broken };
}

/** Accepts one write at a time, and only when the test calls `take`. */
class SlowReader extends Writable {
  readonly writes: string[] = [];
  #taken: (() => void) | undefined;

  constructor() {
    super({ highWaterMark: 16, decodeStrings: true });
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(chunk.toString());
    this.#taken = done;
  }

  take(): void {
    const taken = this.#taken;
    this.#taken = undefined;
    taken?.();
  }
}

test('a line may come in pieces cut anywhere, also within a character', () => {
  const whole = Buffer.from('{"a":"ä€😀"}\r\n{"b":2}\n{"c":"');
  for (let cut = 0; cut <= whole.length; cut++) {
    const { input, values } = open();
    input.write(whole.subarray(0, cut));
    input.write(whole.subarray(cut));
    input.write('é"}\n');
    expect(values).toEqual([{ a: 'ä€😀' }, { b: 2 }, { c: 'é' }]);
  }
});

test('a line that is not UTF-8 is reported and skipped, and the lines beside it are read', () => {
  const bytes = Buffer.concat([Buffer.from('"ä"\n"'), Buffer.of(0xe4), Buffer.from('"\r\n"ö"\n')]);
  const { input, values, notUtf8 } = open();
  input.write(bytes);
  expect([values, notUtf8()]).toEqual([['ä', 'ö'], 1]);
});

test('the last line before the end of the input needs no line ending', async () => {
  const { input, values } = open();
  input.end('1\n2');
  await turn();
  await turn();
  expect(values).toEqual([1, 2]);
});

test('a line that comes byte by byte is put together', () => {
  const { input, values } = open();
  const text = 'x'.repeat(2000);
  for (const byte of Buffer.from(`"${text}"\n1\n`)) input.write(Buffer.of(byte));
  expect(values).toEqual([text, 1]);
});

test('a line that is not JSON does not keep later ones from being read', () => {
  const { input, values, invalid, errors } = open();
  input.write('{\n\n  \nnonsense\n1\n');
  expect(values).toEqual([1]);
  expect(invalid).toEqual(['{', 'nonsense']);
  expect(errors).toEqual([]);
});

test('a line may end with CR, LF or both, wherever a chunk is cut', () => {
  const whole = Buffer.from('1\r2\n3\r\n\r\r4\n5\r');
  for (let cut = 0; cut <= whole.length; cut++) {
    const { input, values, invalid } = open();
    input.write(whole.subarray(0, cut));
    input.write(whole.subarray(cut));
    expect([values, invalid]).toEqual([[1, 2, 3, 4, 5], []]);
  }
});

test('the answers of one turn go out in one write, in the order in which they were given', async () => {
  const output = new SlowReader();
  const { lines } = open(output);
  lines.write('1');
  lines.write('"ä"');
  expect(output.writes).toEqual([]);
  await turn();
  lines.write('3');
  output.take();
  await turn();
  expect(output.writes).toEqual(['1\n"ä"\n', '3\n']);
});

test('who does not read the answers is not read from, until they have caught up', async () => {
  const output = new SlowReader();
  const { input, lines, values } = open(output);
  lines.write('"more than the sixteen bytes that fit"');
  await turn();
  const ready: string[] = [];
  void lines.writable.then(() => ready.push('writable'));
  input.write('1\n');
  await turn();
  expect(values).toEqual([]);
  expect(ready).toEqual([]);
  output.take();
  await turn();
  expect(values).toEqual([1]);
  expect(ready).toEqual(['writable']);
});

test('who does not read answers of any number of requests in one chunk makes few of them be begun, and loses none', async () => {
  const output = new SlowReader();
  const answer = 'x'.repeat(100_000);
  const taken: string[] = [];
  const { input, lines } = open(output, undefined, {
    onLine: (line) => {
      taken.push(line);
      lines.write(`"${line} ${answer}"`);
    },
  });
  const asked = Array.from({ length: 50 }, (_, index) => `request ${index} ä`);
  input.end(asked.join('\n'));
  await turn();
  expect(taken.length).toBeLessThan(5);
  for (let turns = 0; turns < 500 && taken.length < asked.length; turns++) {
    output.take();
    await turn();
  }
  expect(taken).toEqual(asked);
  for (; !lines.isIdle; await turn()) output.take();
  const answers = output.writes.join('').trimEnd().split('\n');
  expect(answers).toEqual(asked.map((line) => `"${line} ${answer}"`));
});

test('a line that is not UTF-8 may be among those that wait', async () => {
  let isBusy = true;
  const { input, lines, values, notUtf8 } = open(undefined, undefined, { isBusy: () => isBusy });
  input.write(Buffer.concat([Buffer.from('"ä"\r\n"'), Buffer.of(0xe4), Buffer.from('"\n"ö"\n["next",')]));
  expect(values).toEqual([]);
  isBusy = false;
  lines.proceed();
  input.write('1]\n');
  await turn();
  expect([values, notUtf8()]).toEqual([['ä', 'ö', ['next', 1]], 1]);
});

test('the last line waits too, also without a line ending', async () => {
  let isBusy = false;
  const { input, lines, values } = open(undefined, undefined, { isBusy: () => isBusy });
  input.write('1\n2');
  isBusy = true;
  input.end();
  await turn();
  expect([values, lines.isIdle]).toEqual([[1], false]);
  isBusy = false;
  lines.proceed();
  expect([values, lines.isIdle]).toEqual([[1, 2], true]);
});

test('who reads nothing for two minutes is given up, once', async () => {
  const output = new SlowReader();
  const clock = new ManualClock();
  const unread: number[] = [];
  const { lines, broken } = open(output, undefined, { clock, onUnread: (ms) => unread.push(ms) });
  lines.write('"more than the sixteen bytes that fit"');
  await turn();
  clock.advance(119_000);
  expect([lines.closed, output.destroyed]).toEqual([false, false]);
  clock.advance(10_000);
  expect(unread).toEqual([120_000]);
  expect([broken(), lines.closed, output.destroyed, clock.pendingTimers]).toEqual([1, true, true, 0]);
});

test('who reads a little every minute is not given up', async () => {
  const output = new SlowReader();
  const clock = new ManualClock();
  const { lines, broken } = open(output, undefined, { clock });
  for (let minutes = 0; minutes < 10; minutes++) {
    lines.write('"more than the sixteen bytes that fit"');
    await turn();
    clock.advance(60_000);
    output.take();
    await turn();
  }
  expect([broken(), output.writes.length, clock.pendingTimers]).toEqual([0, 10, 0]);
});

test('a line longer than the bound is reported once and skipped, and the next one is read', () => {
  const tooLong = 'x'.repeat(11);
  for (const pieces of [
    [tooLong, '\n'],
    ['x'.repeat(6), 'x'.repeat(6), 'x'.repeat(60), '\n'],
    ['1\n', tooLong, 'xx\r'],
    ['"xxxxxxx', 'xx"\n'],
    [`${tooLong}\n`],
    [`${tooLong}\n\n`],
  ]) {
    const opened = open(undefined, 10);
    for (const piece of pieces) opened.input.write(piece);
    opened.input.write('2\n[3,');
    opened.input.write('4]\n');
    expect(opened.tooLong).toEqual([10]);
    expect(opened.values.filter((value) => value !== 1)).toEqual([2, [3, 4]]);
    expect([opened.invalid, opened.errors, opened.broken(), opened.input.destroyed]).toEqual([[], [], 0, false]);
  }
});

test('a line of just the bound is read, whatever comes with its end', () => {
  for (const pieces of [
    ['"xxxxxxxx"\n'],
    ['"xxxxxxxx"', '\n'],
    ['"xxxxxxxx', '"\n["next"'],
    ['"', 'xxxxxxxx"\n2\n[3, 4, 5'],
  ]) {
    const { input, errors, values } = open(undefined, 10);
    for (const piece of pieces) input.write(piece);
    expect([errors, values[0]]).toEqual([[], 'xxxxxxxx']);
  }
});

test('a reader that is gone ends the connection once, and what is written then is dropped', async () => {
  const output = new PassThrough();
  const { lines, errors, broken } = open(output);
  output.destroy(new Error('EPIPE'));
  await turn();
  lines.write('1');
  await turn();
  expect(errors).toEqual(['EPIPE']);
  expect(broken()).toBe(1);
  expect(lines.closed).toBe(true);
});

test('closing writes what is left, and reads no more', () => {
  const output = new SlowReader();
  const { input, lines, values } = open(output);
  lines.write('1');
  lines.close();
  input.write('2\n');
  expect(output.writes).toEqual(['1\n']);
  expect(values).toEqual([]);
});
