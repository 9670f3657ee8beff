import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { maskedMessage } from './masked-message.ts';

test.each([
  ['web.lab.internal has no address.', { target: 'web.lab.internal' }, '<target> has no address.'],
  ['WEB.lab is denied, and web.lab stays so.', { target: 'Web.Lab' }, '<target> is denied, and <target> stays so.'],
  ['a+b* and a+b', { x: 'a+b', y: 'a+b*' }, '<y> and <x>'],
  ['web1 or web2', { targets: ['web1', ['web2']] }, '<targets> or <targets>'],
  ['The tool timed out.', { target: 'a', count: 3 }, 'The tool timed out.'],
  ['<path> of path', { path: 'path', target: '<path>' }, '<target> of <path>'],
  ['The tool timed out.', undefined, 'The tool timed out.'],
  ['The tool timed out.', 'timed', 'The tool timed out.'],
])('%s of %j is recorded as %s', (message, values, masked) => {
  expect(maskedMessage(message, values)).toBe(masked);
});

test('no value of three characters or more is left', () => {
  const value = fc.string({ minLength: 3, maxLength: 8 }).filter((text) => !'<secret>'.includes(text.toLowerCase()));
  fc.assert(
    fc.property(value, fc.string(), fc.string(), (secret, before, after) => {
      const masked = maskedMessage(before + secret + after, { secret });
      expect(masked.replaceAll('<secret>', '\n').toLowerCase()).not.toContain(secret.toLowerCase());
    }),
  );
});
