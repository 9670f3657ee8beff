import { group, optional } from '../fields/composite-fields.ts';
import type { Field } from '../fields/field.ts';
import { path } from '../fields/path-field.ts';
import { choice } from '../fields/word-fields.ts';
import { integer } from '../fields/number-fields.ts';
import type { LoggingSettings } from './standard-config.ts';

const RELOAD = 'restart';

export const loggingSection: Field<LoggingSettings> = group<LoggingSettings>(
  {
    level: choice(['debug', 'info', 'warn', 'error'], {
      doc: 'The least severe level that is logged. Upper case and the levels of Python are understood.',
      default: 'info',
      variables: ['LOG_LEVEL'],
      spelling: levelOf,
    }),
    format: choice(['json', 'pretty'], {
      doc: 'json: one object per line; pretty: lines for people.',
      default: 'json',
      reload: RELOAD,
      variables: ['LOG_FORMAT'],
      spelling: (word) => (isFormatString(word) ? 'pretty' : word),
      notice: (value) => (isFormatString(value) ? "a Python format string means 'pretty' here" : undefined),
    }),
    filePath: optional(
      path({
        doc: 'A file to write to, with rotation: finished files are FILE.1, FILE.2 and so on. Unset: stderr.',
        reload: RELOAD,
      }),
      { nullMeansUnset: true },
    ),
    maxFileSize: integer({
      doc: 'Bytes after which a log file is rotated.',
      min: 1024,
      max: 1_073_741_824,
      default: 10_485_760,
      reload: RELOAD,
    }),
    backupCount: integer({ doc: 'Finished log files that are kept.', min: 0, max: 100, default: 5, reload: RELOAD }),
  },
  { doc: 'The log of the server.' },
);

/** A Python logging format has no meaning here; whoever wrote one wanted readable lines. */
function isFormatString(value: unknown): value is string {
  return typeof value === 'string' && value.includes('%(');
}

const pythonLevels: ReadonlyMap<string, string> = new Map([
  ['notset', 'debug'],
  ['warning', 'warn'],
  ['critical', 'error'],
  ['fatal', 'error'],
]);

function levelOf(word: string): string {
  const level = word.toLowerCase();
  return pythonLevels.get(level) ?? level;
}
