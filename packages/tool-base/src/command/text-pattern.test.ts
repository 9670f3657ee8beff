import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesPattern, patternProblem, publishedPattern } from './text-pattern.ts';

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

test('every client that reads the published pattern comes to the same answer', () => {
  const patterns = ['[a-c]+', 'a(b|c)*', '[^b]{0,3}', 'a?b?c?', '(ab|c){1,2}', '\\w+-\\d', 'a|b|'];
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c', '-', '1', ' '), maxLength: 6 });
  fc.assert(
    fc.property(fc.constantFrom(...patterns), text, (pattern, value) => {
      expect(matchesPattern(pattern, value)).toBe(new RegExp(publishedPattern(pattern), 'u').test(value));
    }),
  );
});
