import { expect, test } from 'vitest';

import { ManualClock } from '../test-support/manual-clock.ts';
import { ErrorLines } from './error-lines.ts';
import { secretFreeLines } from './secret-filter.ts';

function errorLines(clock: ManualClock, secret?: string): { readonly lines: string[]; readonly errors: ErrorLines } {
  const lines: string[] = [];
  const secrets = secret === undefined ? [] : [{ name: 'TOKEN', value: secret, as: 'environment' as const }];
  const withoutSecrets = secretFreeLines({ secrets });
  return { lines, errors: new ErrorLines({ clock, withoutSecrets, onLine: (line) => lines.push(line) }) };
}

test('a flood is a hundred lines in ten seconds, then how many were left out', () => {
  const clock = new ManualClock();
  const { lines, errors } = errorLines(clock);
  for (let n = 0; n < 5000; n += 1) errors.push(Buffer.from(`line ${n}\n`));
  expect(lines).toHaveLength(100);
  clock.advance(10_000);
  errors.push(Buffer.from('later\n'));
  expect(lines.slice(100)).toEqual(['[4900 lines left out]', 'later']);
});

test('secrets and invisible characters are gone, also at the cut of a long line', () => {
  const { lines, errors } = errorLines(new ManualClock(), 'hunter2-hunter2');
  errors.push(Buffer.from('the token is hunter2-hunter2\u001b[31m\u200b!\n'));
  errors.push(Buffer.from(`${'x'.repeat(1020)}hunter2-hunter2 and more\n`));
  expect(lines[0]).toMatch(/^the token is \[redacted\].*!$/);
  expect(lines[1]).toBe(`${'x'.repeat(1020)} [...]`);
});

test('of a line whose beginning was left out nothing is shown, and the next line is whole', () => {
  const clock = new ManualClock();
  const { lines, errors } = errorLines(clock);
  errors.push(Buffer.from('flood\n'.repeat(100)));
  errors.push(Buffer.from('flood\nthe beginning'));
  clock.advance(10_000);
  errors.push(Buffer.from(' of the middle'));
  errors.push(Buffer.from(' and the end\nla'));
  errors.push(Buffer.from('ter\n'));
  expect(lines.slice(100)).toEqual(['[1 lines left out]', 'later']);
});
