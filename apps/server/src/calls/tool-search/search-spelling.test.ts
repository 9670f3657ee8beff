import { expect, test } from 'vitest';

import { Spelling } from './search-spelling.ts';

function correct(search: string, ...known: string[]): string {
  const spelling = new Spelling();
  for (const word of known) spelling.add(word);
  return spelling.corrected(search.split(' ')).join(' ');
}

test.each([
  ['letters swapped', 'sevrers', 'servers'],
  ['a letter missing', 'deploment', 'deployment'],
  ['a letter too many', 'vollume', 'volume'],
  ['another letter', 'firewoll', 'firewall'],
  ['two mistakes in a long word', 'kuberentse', 'kubernetes'],
])('%s: %s is read as %s', (_, written, meant) => {
  expect(correct(written, 'other', meant, 'words')).toBe(meant);
});

test('words that are known, begin a known word or are another form of one stay, and so do short ones', () => {
  for (const word of ['port', 'deploy', 'deployments', 'dns', 'dnx']) {
    expect(correct(word, 'deployment', 'port', 'post', 'dns')).toBe(word);
  }
});

test('a word that is like none stays, and of two that are as near the one with its first letter is meant', () => {
  expect(correct('grafana', 'servers', 'volume')).toBe('grafana');
  expect(correct('mail', 'jail', 'mall')).toBe('mall');
});

test('only the first four misspelt words are corrected, however many there are', () => {
  const search = Array(100).fill('volmue').join(' ');
  expect(
    correct(search, 'volume')
      .split(' ')
      .filter((word) => word === 'volume'),
  ).toHaveLength(4);
});
