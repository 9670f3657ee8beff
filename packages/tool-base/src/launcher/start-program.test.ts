import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ArgumentRole } from './program.ts';
import { ArgumentListError, checkArgv } from './start-program.ts';

const accepts = (text: string, role: ArgumentRole): boolean => {
  try {
    checkArgv({ program: '/bin/echo', args: [{ text, role }] });
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentListError);
    return false;
  }
};

describe('the last check before a program starts', () => {
  test.each<[ArgumentRole, readonly string[], readonly string[]]>([
    ['fixed', ['', '-x', '--', 'ü', 'a b'], ['a\0b', '\ud800']],
    ['flag', ['-n', '--max-time', '+short'], ['', '-', 'n', '-a b', '-\n', '-ü', '-a\0']],
    ['value', ['', 'a b', '80', '@x'], ['-1', '-x', 'a\n', 'ü', '\0']],
    ['signed', ['0', '-3', '1.5'], ['', '-', '1e3', '--1', '0x1', '-x', '1.']],
    ['target', ['10.0.0.1', 'web.lab', '::1', 'http://a/'], ['', '-x', '+x', '@x', '/x', 'a b', 'a\n', 'ü']],
  ])('knows what a %s may look like', (role, good, bad) => {
    for (const text of good) expect([text, accepts(text, role)]).toEqual([text, true]);
    for (const text of bad) expect([text, accepts(text, role)]).toEqual([text, false]);
  });

  test('refuses an argument without a known origin', () => {
    expect(accepts('x', 'other' as ArgumentRole)).toBe(false);
    expect(accepts(7 as unknown as string, 'fixed')).toBe(false);
  });

  test.each(['echo', './echo', '', '/bin/ec\0ho'])('refuses %j as a program', (program) => {
    expect(() => checkArgv({ program, args: [] })).toThrow(ArgumentListError);
  });

  test('refuses too many arguments and too many bytes', () => {
    const many =
      (count: number, text: string): (() => void) =>
      () =>
        checkArgv({ program: '/bin/echo', args: Array.from({ length: count }, () => ({ text, role: 'fixed' })) });
    expect(many(256, 'a')).not.toThrow();
    expect(many(257, 'a')).toThrow('256');
    expect(many(200, 'a'.repeat(700))).toThrow('131072 bytes');
  });
});

test('no other file of this package can start a process, and none asks for a shell', () => {
  const sources = readdirSync(new URL('..', import.meta.url), { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  );
  const text = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  const importers = sources.filter((file) => /^import (?!type)[^;]*['"](?:node:)?child_process['"]/m.test(text(file)));
  expect(importers).toEqual(['launcher/start-program.ts']);
  expect(sources.filter((file) => /shell: (?!false)|process\.binding|dlopen/.test(text(file)))).toEqual([]);
  expect(text('launcher/start-program.ts').match(/\bspawn\(/g)).toHaveLength(4);
});
