import { expect, test } from 'vitest';

import { AuditIds, auditEntry, type AuditEntry } from './audit-entry.ts';
import { textOf } from './entries-text.ts';
import { UnreadEntries } from './unread-entries.ts';

const ids = new AuditIds();
const entry = (tool: string): AuditEntry => {
  const record = { correlationId: 'c', caller: 'ci', tool, decision: 'allowed', outcome: 'success' } as const;
  return auditEntry(ids.next(1), 1, { ...record, durationMs: 1, queueMs: 0, outputBytes: 0 }, false);
};
const toolsOf = (unread: UnreadEntries): string[] => unread.take().map(({ tool }) => tool);

test('drops the oldest texts, without reading them, as soon as the newer ones are enough', () => {
  const unread = new UnreadEntries(3, 1_000_000);
  unread.add({ json: 'never parsed', count: 2 });
  for (const tool of ['a', 'b', 'c']) unread.add(textOf([entry(tool)]));
  expect(toolsOf(unread)).toEqual(['a', 'b', 'c']);
  expect(toolsOf(unread)).toEqual([]);
});

test('keeps a text of which only some entries are within the capacity', () => {
  const unread = new UnreadEntries(3, 1_000_000);
  unread.add(textOf([entry('a'), entry('b')]));
  unread.add(textOf([entry('c'), entry('d')]));
  expect(toolsOf(unread)).toEqual(['a', 'b', 'c', 'd']);
});

test('keeps no more text than twice what the store may show, but the newest always', () => {
  const unread = new UnreadEntries(1000, 500);
  for (let i = 0; i < 50; i++) unread.add(textOf([entry(`t${i}`)]));
  const kept = toolsOf(unread);
  expect(kept.at(-1)).toBe('t49');
  expect(kept.length).toBeGreaterThan(1);
  expect(kept.length * textOf([entry('t10')]).json.length).toBeLessThanOrEqual(1000);
  unread.add(textOf([entry('x'.repeat(5000))]));
  expect(unread.take()).toHaveLength(1);
});
