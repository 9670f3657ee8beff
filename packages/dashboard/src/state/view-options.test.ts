import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import { SORT_KEYS, TOOL_FILTERS } from './tool-list.ts';
import { defaultOptions, formatOptions, parseOptions } from './view-options.ts';

test('an address without a hash stands for the defaults, and the defaults for no hash', () => {
  expect(parseOptions('')).toEqual(defaultOptions);
  expect(formatOptions(defaultOptions)).toBe('');
});

test('every option survives the address', () => {
  const options = fc.record({
    text: fc.string({ unit: 'grapheme' }),
    show: fc.constantFrom(...TOOL_FILTERS),
    sort: fc.constantFrom(...SORT_KEYS),
    reversed: fc.boolean(),
    tool: fc.option(fc.string({ unit: 'grapheme' }), { nil: undefined }),
    span: fc.constantFrom('', '15 min'),
    errorsOnly: fc.boolean(),
  });
  fc.assert(
    fc.property(options, (chosen) => {
      expect(parseOptions(`#${formatOptions(chosen)}`)).toEqual(chosen);
    }),
  );
});

test.each(['#show=none&sort=colour&order=up', '#%', '#sort'])('%s is read as the defaults', (hash) => {
  expect(parseOptions(hash)).toEqual(defaultOptions);
});
