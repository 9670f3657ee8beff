import { boolean, fieldsOf, group, integer, standardSections, type Field } from '@mcp/config';

import type { DatabaseConfig } from '../shape/server-config.ts';

const RELOAD = 'restart';

export function isPostgresUrl(url: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(url);
}

export const databaseSection: Field<DatabaseConfig> = group<DatabaseConfig>(
  {
    ...fieldsOf(standardSections.database),
    recordArguments: boolean({
      doc: 'Whether the audit trail keeps the values of the arguments of a call, not only their kind and size.',
      default: false,
      reload: RELOAD,
    }),
    retentionDays: integer({
      doc: 'Days after which an entry is removed.',
      min: 1,
      max: 3650,
      default: 30,
      reload: RELOAD,
    }),
    maxEntries: integer({
      doc: 'Entries kept; the oldest go first. Memory keeps at most 10000, and fewer where their texts are together longer than 8 MiB.',
      min: 1000,
      max: 100_000_000,
      default: 1_000_000,
      reload: RELOAD,
    }),
  },
  { doc: 'Where the audit trail is kept, for how long, and what it holds. Jobs are kept in the same PostgreSQL.' },
);
