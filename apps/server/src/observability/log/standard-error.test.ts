import { expect, test } from 'vitest';

import { standardError, type ErrorStream } from './standard-error.ts';

/** Holds what is written until the test reads it. */
class UnreadPipe implements ErrorStream {
  held = '';
  readonly read: string[] = [];
  onError: (() => void) | undefined;

  get writableLength(): number {
    return this.held.length;
  }

  write(text: string): boolean {
    this.held += text;
    return false;
  }

  on(_: 'error', listener: () => void): void {
    this.onError = listener;
  }

  take(): string {
    const text = this.held;
    this.held = '';
    return text;
  }
}

test('lines beyond what may be held are dropped, and reported once lines are taken again', () => {
  const pipe = new UnreadPipe();
  const log = standardError((lines) => void pipe.write(`${lines} dropped\n`), pipe, 16);
  log.write('first line\n');
  log.write('second line\n');
  log.write('third\nfourth\n');
  expect(pipe.take()).toBe('first line\nsecond line\n');
  log.write('fifth\n');
  log.write('sixth\n');
  expect(pipe.take()).toBe('2 dropped\nfifth\nsixth\n');
});

test('a pipe that its reader has closed is no error of the server', () => {
  const pipe = new UnreadPipe();
  standardError(() => {}, pipe);
  expect(pipe.onError).not.toThrow();
});
