import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { globMatches } from './glob.ts';

const piece = fc.constantFrom('a', 'b', '.', '-', '*', '?');
const pattern = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(''));
const name = fc.array(fc.constantFrom('a', 'b', '.', '-'), { maxLength: 10 }).map((letters) => letters.join(''));

test('agrees with the obvious regular expression', () => {
  fc.assert(
    fc.property(pattern, name, (glob, text) => {
      const source = glob.replaceAll(/[.*?-]/g, (c) => (c === '*' ? '.*' : c === '?' ? '.' : `\\${c}`));
      expect(globMatches(glob, text)).toBe(new RegExp(`^${source}$`).test(text));
    }),
    { numRuns: 2000 },
  );
});

test('answers a pattern made to be slow at once', () => {
  expect(globMatches(`${'*a'.repeat(60)}b`, 'a'.repeat(128))).toBe(false);
});
