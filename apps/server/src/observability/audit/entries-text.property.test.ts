import { SANDBOX_LEVELS } from '@mcp/tool-base';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';

import type { AuditEntry } from './audit-entry.ts';
import { entriesOf, textOf } from './entries-text.ts';

/** A few values of each member, so that entries have some in common; every member has to be here. */
const members: { readonly [Member in keyof Required<AuditEntry>]: fc.Arbitrary<Required<AuditEntry>[Member]> } = {
  id: fc.string(),
  at: fc.nat(),
  correlationId: fc.string({ unit: 'binary' }),
  caller: fc.constantFrom('ci', 'é "😀"'),
  tool: fc.constantFrom('ping', '__proto__'),
  decision: fc.constantFrom('allowed', 'refused'),
  outcome: fc.constantFrom('success', 'timeout'),
  durationMs: fc.double({ noNaN: true, noDefaultInfinity: true, min: 0 }),
  queueMs: fc.nat(),
  outputBytes: fc.nat(),
  argumentShape: fc.constantFrom({}, { a: 'integer' }, { a: 'string(1)' }, { a: 'integer', b: 'null' }, { b: 'null' }),
  reason: fc.constantFrom('key_unknown', 'token_expired'),
  address: fc.constantFrom('127.0.0.1', '::1'),
  client: fc.constantFrom({ name: 'one', version: '1' }, { name: 'one', version: '2' }, { name: 'two', version: '1' }),
  confirmation: fc.constantFrom('allowed', 'declined'),
  approvedBy: fc.constantFrom('ann', 'bob'),
  sandbox: fc.constantFrom(...SANDBOX_LEVELS),
  upstream: fc.constantFrom(
    { name: 'one', tool: 'a' },
    { name: 'two', tool: 'a' },
    { name: 'one', tool: 'b', era: '2025' },
    { name: 'one', tool: 'b', era: '2026' },
    { name: 'one', tool: 'b', era: '2026', request: 'prompts/get' as const },
  ),
  targetsHeldBy: fc.constantFrom('pod', 'filter'),
  keyName: fc.constantFrom('default', 'other'),
  exitCode: fc.constantFrom(0, 1),
  message: fc.constantFrom('failed', 'timed out'),
  argumentText: fc.constantFrom('{}', '{"a":1}'),
};

const entry = fc.record(members, {
  requiredKeys: [
    'id',
    'at',
    'correlationId',
    'caller',
    'tool',
    'decision',
    'outcome',
    'durationMs',
    'queueMs',
    'outputBytes',
    'argumentShape',
  ],
});

const read = (entries: readonly AuditEntry[]): AuditEntry[] => entriesOf(textOf(entries).json);

test('entries that have been a text are what they were, with their members in the same order', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 40 }), (entries) => {
      expect(textOf(entries).count).toBe(entries.length);
      expect(JSON.stringify(read(entries))).toBe(JSON.stringify(entries));
    }),
  );
});

test.each(Object.keys(members) as (keyof AuditEntry)[])('a change of %s alone is kept', (member) => {
  const changed: fc.Arbitrary<AuditEntry[typeof member]> = members[member];
  fc.assert(
    fc.property(entry, changed, (before, value) => {
      const entries = [before, { ...before, [member]: value }, before];
      expect(read(entries)).toEqual(JSON.parse(JSON.stringify(entries)));
    }),
  );
});
