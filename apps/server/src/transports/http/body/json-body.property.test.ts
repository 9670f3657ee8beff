import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJsonBody } from './json-body.ts';

test('parses any JSON within the limits exactly, with any white space', () => {
  const json = fc.jsonValue({ maxDepth: 6 }).filter((value) => !JSON.stringify(value).includes('__proto__'));
  fc.assert(
    fc.property(json, fc.nat(4), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      const result = parseJsonBody(new TextEncoder().encode(text));
      expect(result).toEqual({ ok: true, value: JSON.parse(text) as unknown });
    }),
  );
});

test('any bytes give a value or a rejection, never an exception', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const result = parseJsonBody(bytes);
      expect(result.ok || result.status).toSatisfy((outcome) => outcome === true || outcome === 400);
    }),
  );
});
