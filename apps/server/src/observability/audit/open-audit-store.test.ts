import { expect, test } from 'vitest';
import { openAuditStore } from './open-audit-store.ts';

test.each([
  ['', 'memory'],
  ['sqlite:audit.db', 'sqlite'],
  ['sqlite:/var/lib/mcp/audit.db', 'sqlite'],
  ['postgres://u:p@db/audit', 'postgres'],
  ['postgresql://u:p@db/audit', 'postgres'],
])('%j asks for %s, and connects to nothing yet', (url, kind) => {
  expect(openAuditStore(url).kind).toBe(kind);
});

test.each(['sqlite:', 'mysql://u:secret@db/x', 'audit.db', 'postgres:secret', ' '])(
  'refuses %j without repeating it, for it may hold a password',
  (url) => {
    expect(() => openAuditStore(url)).toThrow(/must be empty \(memory\), "sqlite:FILE" or/);
    expect(() => openAuditStore(url)).not.toThrow(/secret/);
  },
);
