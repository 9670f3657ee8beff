import { group } from '../fields/composite-fields.ts';
import { duration } from '../fields/duration.ts';
import type { Field } from '../fields/field.ts';
import { boolean, integer, secret } from '../fields/scalar-fields.ts';
import type { DatabaseConfig } from './server-config.ts';

export function databaseSection(): Field<DatabaseConfig> {
  const reload = 'restart';
  return group<DatabaseConfig>(
    {
      url: secret({
        doc: 'Where the audit trail is kept: empty for memory, sqlite:FILE or postgres://...',
        default: '',
        minLength: 0,
        maxLength: 2048,
        pattern: /^(?:|sqlite:.+|postgres(?:ql)?:\/\/.+)$/,
        expected: "'' (memory), sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE",
        reload,
      }),
      poolSize: integer({ doc: 'Connections kept open (postgres).', min: 1, max: 100, default: 10, reload }),
      maxOverflow: integer({
        doc: 'Connections beyond poolSize under load (postgres).',
        min: 0,
        max: 100,
        default: 20,
        reload,
      }),
      poolTimeout: duration({
        doc: 'How long to wait for a connection (postgres).',
        min: 1,
        max: 300,
        default: 30,
        reload,
      }),
      poolRecycle: duration({
        doc: 'Age at which a connection is replaced (postgres).',
        min: 60,
        max: 7200,
        default: 3600,
        reload,
      }),
      recordArguments: boolean({
        doc: 'Whether the audit trail keeps what the arguments of a call said, not only their kind and size.',
        default: false,
        reload,
      }),
      retentionDays: integer({ doc: 'Days after which an entry is removed.', min: 1, max: 3650, default: 30, reload }),
      maxEntries: integer({
        doc: 'Entries kept; the oldest go first. Memory keeps at most 10000.',
        min: 1000,
        max: 100_000_000,
        default: 1_000_000,
        reload,
      }),
    },
    { doc: 'Where the audit trail is kept, for how long, and what it holds.' },
  );
}
