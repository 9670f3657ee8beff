import { expect, test } from 'vitest';

import { AUDIT_ID, AuditIds } from './audit-entry.ts';

test('ids of one process grow, of 70,000 entries in one millisecond and with a clock that is set back', () => {
  const ids = new AuditIds();
  const now = Date.UTC(2030, 0, 1);
  const made = Array.from({ length: 70_000 }, () => ids.next(now));
  made.push(ids.next(now - 5), ids.next(now + 1), ids.next(now + 1000), ids.next(now + 1000));
  expect(made.filter((id) => !AUDIT_ID.test(id))).toEqual([]);
  expect(made.toSorted()).toEqual(made);
  expect(new Set(made).size).toBe(made.length);
  expect(made[258]?.slice(0, 17)).toBe(`${now.toString(16).padStart(12, '0')}-0102`);
});
