import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { guardRequest } from './guard.ts';
import { hostAndOriginLists } from './host-and-origin.ts';

const policy = hostAndOriginLists({ host: '127.0.0.1', port: 8787, allowedOrigins: ['http://localhost:6274'] });
const good: [string, string] = ['Host', '127.0.0.1:8787'];

// Near misses find more than noise: parts of allowed values in any order.
const piece = fc.constantFrom(
  'localhost',
  '127.0.0.1',
  ':8787',
  ':6274',
  'http://',
  '@',
  '.',
  '/',
  ' ',
  ',',
  '[::1]',
  'evil',
  '#',
  '%2e',
  '..',
);
const value = fc.oneof(
  fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary' }),
);
const name = fc.constantFrom(
  'host',
  'Host',
  'origin',
  'content-type',
  'content-length',
  'transfer-encoding',
  'x-forwarded-host',
);
const headers = fc.array(fc.tuple(name, value), { maxLength: 6 });

test('accepts only requests with exactly one allowed Host and no other Origin, whatever else they contain', () => {
  let passed = 0;
  fc.assert(
    fc.property(
      headers,
      fc.boolean(),
      fc.constantFrom('GET', 'POST', 'OPTIONS', 'TRACE'),
      value,
      (rest, withHost, method, url) => {
        const all = withHost ? [good, ...rest] : rest;
        const result = guardRequest({ method, url: `/${url}`, rawHeaders: all.flat() }, policy);
        if (!result.ok) return;
        passed++;
        const valuesOf = (wanted: string): string[] =>
          all.filter(([key]) => key.toLowerCase() === wanted).map(([, v]) => v);
        expect(valuesOf('host').map((host) => host.toLowerCase())).toEqual([
          expect.toBeOneOf(['127.0.0.1:8787', 'localhost:8787']),
        ]);
        const own = `http://${valuesOf('host')[0]?.toLowerCase()}`;
        for (const origin of valuesOf('origin')) expect(['http://localhost:6274', own]).toContain(origin);
        expect(method).not.toBe('TRACE');
        expect(`/${url}`.split('?', 1)[0]).not.toMatch(/[^A-Za-z0-9._~/-]|\/\/|\/\.\.?(?:\/|$)/);
      },
    ),
    { numRuns: 3000 },
  );
  // About thirty of the generated requests are accepted; with none the property would check nothing.
  expect(passed).toBeGreaterThan(0);
});

test('decides alike with the headers that Node has merged and without them', () => {
  const names = fc.oneof(
    name,
    fc.constantFrom('Upgrade', 'set-cookie', '__proto__', 'constructor', 'Accept', 'accept'),
  );
  const lines = fc.array(fc.tuple(names, value), { maxLength: 6 });
  fc.assert(
    fc.property(lines, fc.boolean(), fc.constantFrom('GET', 'POST', 'OPTIONS'), (rest, withHost, method) => {
      const rawHeaders = (withHost ? [good, ...rest] : rest).flat();
      const merging = new IncomingMessage(new Socket());
      (merging as unknown as { _addHeaderLines(lines: string[], count: number): void })._addHeaderLines(
        rawHeaders,
        rawHeaders.length,
      );
      const request = { method, url: '/mcp', rawHeaders };
      expect(guardRequest({ ...request, headers: merging.headers }, policy)).toEqual(guardRequest(request, policy));
    }),
  );
});
