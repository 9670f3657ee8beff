import { dump } from 'js-yaml';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigStore } from '../store/config-store.ts';
import { parseDocument } from './document.ts';
import { snakeCase } from '../fields/key-names.ts';
import { nearest } from './nearest-key.ts';
import { plainOf } from './node.ts';
import type { Node } from './node.ts';
import { positionAt, lineStartsOf } from './snippet.ts';
import { loadSample } from '../test-support/sample-store.ts';
import { ConfigError } from '../describe/problems.ts';

const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const tree = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, fc.array(tie('value'), { maxLength: 4 }), tie('map')),
  map: fc.dictionary(fc.string(), tie('value'), { maxKeys: 5, noNullPrototype: true }),
}));
// `__proto__` as a key of the expected object would set its prototype.
const root = tree.map.filter((value) => !JSON.stringify(value).includes('__proto__'));

describe('parsing', () => {
  test('a dumped value is parsed back, from YAML and from JSON', () => {
    fc.assert(
      fc.property(root, fc.boolean(), (value, asJson) => {
        const text = asJson ? JSON.stringify(value, undefined, 2) : dump(value);
        const result = parseDocument(text, { rootMustBeMap: true });
        expect(result.root === undefined ? result.issues : plainOf(result.root)).toEqual(
          JSON.parse(JSON.stringify(value)),
        );
      }),
    );
  });

  test('the place of every key is where it is in the text', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[a-z ]{0,12}$/)), (value) => {
        const text = dump(value);
        const { root } = parseDocument(text, { rootMustBeMap: true });
        for (const { key, keyPlace } of root?.kind === 'map' ? root.entries : []) {
          expect(text.slice(keyPlace?.start, keyPlace?.end).replaceAll("'", '')).toBe(key);
        }
      }),
    );
  });

  test('any text gives a tree or issues, never an exception, and every place is inside the text', () => {
    const unit = fc.constantFrom(...Array.from('ab1:-#[]{}"\'&*!|>%@,? \n\t\r\u{FEFF}é\0'));
    fc.assert(
      fc.property(fc.string({ unit, maxLength: 60 }), (text) => {
        const { root, issues } = parseDocument(text, { rootMustBeMap: false });
        const places = root === undefined ? issues.map(({ place }) => place) : placesOf(root);
        for (const { start, end } of places) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThanOrEqual(start);
          expect(end).toBeLessThanOrEqual(text.length + 1);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('any text loads, or is rejected with a ConfigError', async () => {
    const unit = fc.constantFrom(
      'server',
      'port',
      'tools',
      ': ',
      '\n',
      '  ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      '1',
      'x',
      '#',
      '"',
      '~',
    );
    await fc.assert(
      fc.asyncProperty(fc.string({ unit, maxLength: 30 }), async (text) => {
        const outcome: unknown = await loadSample(text).catch((reason: unknown) => reason);
        expect(outcome instanceof ConfigStore || outcome instanceof ConfigError).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

function placesOf(node: Node): { start: number; end: number }[] {
  const own = node.place === undefined ? [] : [node.place];
  if (node.kind === 'scalar') return own;
  const inner = node.kind === 'list' ? node.items : node.entries.map((entry) => entry.node);
  return [...own, ...inner.flatMap(placesOf)];
}

describe('positions and names', () => {
  test('line and column match the offset', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\n', '\r\n') }), fc.nat(), (text, seed) => {
        const offset = text.length === 0 ? 0 : seed % text.length;
        const { line, column } = positionAt(lineStartsOf(text), offset);
        expect(
          text
            .split('\n')
            .slice(0, line - 1)
            .join('\n').length +
            (line > 1 ? 1 : 0) +
            column -
            1,
        ).toBe(offset);
      }),
    );
  });

  test('a name with one typo finds its key', () => {
    const keys = ['failureThreshold', 'recoveryTimeout', 'maxConnections', 'allowedTargets', 'shutdownGracePeriod'];
    fc.assert(
      fc.property(fc.constantFrom(...keys), fc.nat(), fc.constantFrom('drop', 'swap', 'double'), (key, seed, slip) => {
        const at = 1 + (seed % (key.length - 2));
        const [before, char, next, after] = [key.slice(0, at), key[at], key[at + 1], key.slice(at + 2)];
        const typo = {
          drop: `${before}${next}${after}`,
          swap: `${before}${next}${char}${after}`,
          double: `${before}${char}${char}${next}${after}`,
        }[slip];
        expect(nearest(typo, keys)).toBe(key);
        expect(nearest(snakeCase(key), keys)).toBe(key);
      }),
    );
  });
});
