import { group } from '../fields/composite-fields.ts';
import { duration } from '../fields/duration.ts';
import type { Field } from '../fields/field.ts';
import { integer } from '../fields/number-fields.ts';
import { secret } from '../fields/text-fields.ts';
import type { DatabaseSettings } from './standard-config.ts';

const RELOAD = 'restart';

export const databaseSection: Field<DatabaseSettings> = group<DatabaseSettings>(
  {
    url: secret({
      doc: 'Where the audit trail is kept: empty for memory, sqlite:FILE or postgres://...',
      default: '',
      minLength: 0,
      maxLength: 2048,
      pattern: /^(?:|sqlite:.+|postgres(?:ql)?:\/\/.+)$/,
      expected: "'' (memory), sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE",
      reload: RELOAD,
    }),
    poolSize: integer({ doc: 'Connections kept open (postgres).', min: 1, max: 100, default: 10, reload: RELOAD }),
    maxOverflow: integer({
      doc: 'Connections beyond poolSize under load (postgres).',
      min: 0,
      max: 100,
      default: 20,
      reload: RELOAD,
    }),
    poolTimeout: duration({
      doc: 'How long to wait for a connection (postgres).',
      min: 1,
      max: 300,
      default: 30,
      reload: RELOAD,
    }),
    poolRecycle: duration({
      doc: 'Age at which a connection is replaced (postgres).',
      min: 60,
      max: 7200,
      default: 3600,
      reload: RELOAD,
    }),
  },
  { doc: 'Where the audit trail is kept.' },
);
