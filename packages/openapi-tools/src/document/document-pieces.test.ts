import { expect, test } from 'vitest';

import { DocumentAssembly, piecesOf } from './document-pieces.ts';

test('the pieces of a document are small, and a member with the name of the prototype is a member', () => {
  const document = JSON.parse(`{"__proto__":{"a":1},"many":[${'[1,2],'.repeat(10_000)}3]}`) as object;
  const pieces = [...piecesOf(document)];
  expect(Math.max(...pieces.map(({ members }) => JSON.stringify(members).length))).toBeLessThan(100_000);
  const assembly = new DocumentAssembly();
  for (const piece of pieces) assembly.add(structuredClone(piece));
  expect(JSON.stringify(assembly.document)).toBe(JSON.stringify(document));
  expect(Object.getPrototypeOf(assembly.document)).toBe(Object.prototype);
});

test('nesting without end is refused', () => {
  let nested: unknown = 0;
  for (let depth = 0; depth < 2000; depth += 1) nested = [nested];
  expect(() => [...piecesOf({ a: nested })]).toThrow('nested deeper than 1000 levels');
});
