import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import type { ProgramSpec } from './program.ts';
import { withoutSecrets } from './secret-filter.ts';

function filtered(values: readonly string[], chunks: readonly (string | Buffer)[], isCut = false): string {
  const secrets = values.map((value, at) => ({ name: `S${at}`, value, as: 'environment' as const }));
  const spec: ProgramSpec = { program: '/bin/true', args: [], maxOutputBytes: 1, graceMs: 1, secrets };
  const shown: Uint8Array[] = [];
  const output = withoutSecrets(spec, (_, bytes) => shown.push(bytes));
  for (const chunk of chunks) output.write('stdout', Buffer.from(chunk));
  output.end(isCut);
  return Buffer.concat(shown).toString();
}

test('a secret is replaced wherever the output is cut into pieces, and everything else stays', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '-', 'hunter2', 'hunter', '2') });
  fc.assert(
    fc.property(text, fc.array(fc.nat(60)), (output, cuts) => {
      const places = [0, ...cuts.map((cut) => Math.min(cut, output.length)).sort((a, b) => a - b), output.length];
      const chunks = places.slice(1).map((end, at) => output.slice(places[at], end));
      expect(filtered(['hunter2'], chunks)).toBe(output.replaceAll('hunter2', '[redacted]'));
    }),
  );
});

test('the longer of two secrets that begin alike is replaced as a whole', () => {
  expect(filtered(['hunter2', 'hunter2-more'], ['hunter2-mo', 're hunter2-'])).toBe('[redacted] [redacted]-');
});

test.each([
  ['in JSON', 'pa"ss\\word', JSON.stringify({ p: 'pa"ss\\word' }), '{"p":"[redacted]"}'],
  ['in a URL', 'pa ss/word', 'http://h/?p=pa%20ss%2Fword', 'http://h/?p=[redacted]'],
  ['in base64', 'password', 'Basic cGFzc3dvcmQ=', 'Basic [redacted]'],
  ['line by line', '-----BEGIN-----\nabcdefgh\n-----END-----', 'key: abcdefgh', 'key: [redacted]'],
])('a secret is found %s', (_, value, output, shown) => {
  expect(filtered([value], [output])).toBe(shown);
});

test('of output that was cut inside a secret, not even the beginning is shown', () => {
  expect(filtered(['hunter2'], ['x hunt'])).toBe('x hunt');
  expect(filtered(['hunter2'], ['x hunt'], true)).toBe('x [redacted]');
});

test('without secrets the bytes are handed on as they are', () => {
  const bytes = Buffer.from('x');
  const shown: Uint8Array[] = [];
  withoutSecrets({}, (_, one) => shown.push(one)).write('stdout', bytes);
  expect(shown[0]).toBe(bytes);
});
