import { group } from '../fields/composite-fields.ts';
import { duration } from '../fields/duration.ts';
import type { Field } from '../fields/field.ts';
import { integer } from '../fields/number-fields.ts';
import { secret } from '../fields/text-fields.ts';
import { resolvePath } from '../fields/path-field.ts';
import { pathProblem } from '../fields/text-problem.ts';
import type { TextProblem } from '../fields/text-problem.ts';
import type { DatabaseSettings } from './standard-config.ts';

const RELOAD = 'restart';

const sqliteSlashes: TextProblem = {
  rule: 'sqlite_slashes',
  message:
    'starts with sqlite://; SQLAlchemy reads three slashes as a relative path, other programs as an absolute one',
  suggestion: 'write sqlite:FILE for a file beside the configuration file, or sqlite:/FOLDER/FILE',
};

const sqliteMemory: TextProblem = {
  rule: 'sqlite_memory',
  message: 'names no file of SQLite',
  suggestion: "write '' to keep the audit trail in memory, or sqlite:FILE",
};

const sqliteOptions: TextProblem = {
  rule: 'sqlite_options',
  message: 'has options after a ?, which would be a part of the name of the file',
  suggestion: 'write sqlite:FILE without them',
};

const driverName: TextProblem = {
  rule: 'database_driver',
  message: 'names a driver of SQLAlchemy after the +',
  suggestion: 'write postgres://USER:PASSWORD@HOST/DATABASE, or sqlite:FILE',
};

const postgresUrl: TextProblem = {
  rule: 'postgres_url',
  message: 'is not a URL that can be read',
  suggestion:
    'write postgres://USER:PASSWORD@HOST:PORT/DATABASE; in user and password, % is written %25, / %2F, ? %3F, # %23 and @ %40',
};

export const databaseSection: Field<DatabaseSettings> = group<DatabaseSettings>(
  {
    url: secret({
      doc: 'Where the audit trail is kept: empty for memory, sqlite:FILE (relative to the configuration file) or postgres://...',
      default: '',
      minLength: 0,
      maxLength: 2048,
      pattern: /^(?:|sqlite:.+|postgres(?:ql)?:\/\/.+)$/,
      expected: "'' (memory), sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE",
      reload: RELOAD,
      problem: databaseProblem,
      resolve: resolveDatabase,
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

const SQLITE = 'sqlite:';

function databaseProblem(url: string): TextProblem | undefined {
  if (/^(?:sqlite|postgres(?:ql)?)\+\w+:/i.test(url)) return driverName;
  if (!url.startsWith(SQLITE)) return /^postgres(?:ql)?:/.test(url) && !isReadable(url) ? postgresUrl : undefined;
  const file = url.slice(SQLITE.length);
  if (file.startsWith('//')) return sqliteSlashes;
  if (file === ':memory:') return sqliteMemory;
  return file.includes('?') ? sqliteOptions : pathProblem(file);
}

/** As the driver reads it, which takes a user without a host where the server is reached through a socket. */
function isReadable(url: string): boolean {
  return URL.canParse(url) || URL.canParse(url.replace('@/', '@socket/'));
}

function resolveDatabase(url: string, folder: string): string {
  return url.startsWith(SQLITE) ? `${SQLITE}${resolvePath(url.slice(SQLITE.length), folder)}` : url;
}
