import { expect, it } from 'vitest';
import { openAuditStore } from './open-audit-store.ts';

it.each([
  ['', 'memory'],
  ['sqlite:audit.db', 'sqlite'],
  ['sqlite:/var/lib/mcp/audit.db', 'sqlite'],
  ['postgres://u:p@db/audit', 'postgres'],
  ['postgresql://u:p@db/audit', 'postgres'],
])('%j asks for %s, and connects to nothing yet', (url, kind) => {
  expect(openAuditStore(url).kind).toBe(kind);
});

it.each(['sqlite:', 'mysql://u:secret@db/x', 'audit.db', 'postgres:secret', ' '])(
  'refuses %j without repeating it, for it may hold a password',
  (url) => {
    expect(() => openAuditStore(url)).toThrow(/must be empty \(memory\), "sqlite:FILE" or/);
    expect(() => openAuditStore(url)).not.toThrow(/secret/);
  },
);
