import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { excludesDashAndUnicode, matchesPattern, patternProblem, publishedPattern } from './text-pattern.ts';

test.each([
  ['[a-z0-9]([a-z0-9-]*[a-z0-9])?', 'web-1', 'web-'],
  ['v\\d+(\\.\\d+){0,2}', 'v1.2', 'v1.2.3.4'],
  ['GET|POST', 'POST', 'GETPOST'],
  ['ü+', 'üü', 'u'],
])('%s matches the whole of %j and not %j', (pattern, good, bad) => {
  expect(patternProblem(pattern, 100)).toBeUndefined();
  expect([matchesPattern(pattern, good), matchesPattern(pattern, bad)]).toEqual([true, false]);
});

test.each([
  ['a(?=b)', 'lookaround'],
  ['(a)\\1', 'back reference'],
  ['a{2000}', 'above 1000'],
  ['(', 'no regular expression'],
  ['(?i)a', 'no regular expression'],
  ['a'.repeat(501), 'more than 500 characters'],
])('%s cannot be used', (pattern, why) => {
  expect(patternProblem(pattern, 10)).toContain(why);
});

test('what repeats much is for short texts only', () => {
  expect(patternProblem('([a-z]{0,100}[a-m]){0,5}b', 100)).toBeUndefined();
  expect(patternProblem('([a-z]{0,100}[a-m]){0,5}b', 262_144)).toContain('repeats too much');
});

test('patterns with which other engines take exponential time are matched at once', () => {
  const text = `${'x'.repeat(10_000)}!`;
  for (const pattern of ['(x+x+)+y', '(x|x)*y', '(x*)*y']) expect(matchesPattern(pattern, text)).toBe(false);
});

test.each([
  ['[a-z][a-z0-9_.]*', true],
  ['v\\d+(\\.\\d+){0,2}', true],
  ['GET|POST', true],
  ['web-1', false],
  ['[a-z-]+', false],
  ['[^a]', false],
  ['.*', false],
  ['ü', false],
  ['(?i:k)', false],
])('a glance at %s tells that it matches neither a dash nor Unicode: %j', (pattern, expected) => {
  expect(excludesDashAndUnicode(pattern)).toBe(expected);
});

test('a pattern of which this is said matches neither', () => {
  const pieces = [
    'a',
    '[a-z]',
    '[^a]',
    '.',
    '-',
    '[+-9]',
    '[-a]',
    '[a-]',
    '\\-',
    '(?:a|-)',
    '(?i:k)',
    'ü',
    '[ü]',
    '\\w',
  ]
    .concat(['\\s', '\\S', '\\d', '[\\d_]', '*', '+', '|', '{2}', '?', '[0-z]', '[ ,.:/@]', '~', ' '])
    .concat(['[\\W]', '\\x2d', '[\\x2d]', '\\u2014', '\\p{L}', '(?P<n>-)', '(a|b)', '^', '$']);
  const pattern = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 }).map((each) => each.join(''));
  const texts = ['-', '-a', 'ü', 'aü', '\u212a', '\n', 'a\n', '\u2014', 'k-', 'ab-'];
  const accepted = new RegExp('^(?:(?!-)[ -~]*)$', 'u');
  fc.assert(
    fc.property(pattern, (each) => {
      fc.pre(excludesDashAndUnicode(each) && patternProblem(each, 10) === undefined);
      for (const text of texts) expect(matchesPattern(each, text) && !accepted.test(text)).toBe(false);
    }),
    { numRuns: 500 },
  );
});

test('every client that reads the published pattern comes to the same answer', () => {
  const patterns = ['[a-c]+', 'a(b|c)*', '[^b]{0,3}', 'a?b?c?', '(ab|c){1,2}', '\\w+-\\d', 'a|b|'];
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-', '1', ' '), maxLength: 6 });
  fc.assert(
    fc.property(fc.constantFrom(...patterns), text, (pattern, value) => {
      expect(matchesPattern(pattern, value)).toBe(new RegExp(publishedPattern(pattern), 'u').test(value));
    }),
  );
});
