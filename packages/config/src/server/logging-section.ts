import { group, optional } from '../fields/composite-fields.ts';
import type { Field } from '../fields/field.ts';
import { choice, integer, text } from '../fields/scalar-fields.ts';
import type { LoggingConfig } from './server-config.ts';

export function loggingSection(): Field<LoggingConfig> {
  const reload = 'restart';
  const format = choice(['json', 'pretty'], {
    doc: 'json: one object a line; pretty: lines for people.',
    default: 'json',
    reload,
    variables: ['LOG_FORMAT'],
    spelling: (word) => (isFormatString(word) ? 'pretty' : word),
  });
  return group<LoggingConfig>(
    {
      level: choice(['debug', 'info', 'warn', 'error'], {
        doc: 'The least important level that is written. Upper case and WARNING, CRITICAL are understood.',
        default: 'info',
        variables: ['LOG_LEVEL'],
        spelling: levelOf,
      }),
      format: {
        ...format,
        notice: (value: unknown) => (isFormatString(value) ? "a Python format string means 'pretty' here" : undefined),
      } as Field<'json' | 'pretty'>,
      filePath: optional(
        text({
          doc: 'A file to write to, with rotation: finished files are FILE.1, FILE.2 and so on. Unset: stderr.',
          maxLength: 4096,
          reload,
        }),
        { nullMeansUnset: true },
      ),
      maxFileSize: integer({
        doc: 'Bytes after which a log file is rotated.',
        min: 1024,
        max: 1_073_741_824,
        default: 10_485_760,
        reload,
      }),
      backupCount: integer({ doc: 'Finished log files that are kept.', min: 0, max: 100, default: 5, reload }),
    },
    { doc: 'What the server writes about itself.' },
  );
}

/** A Python logging format has no meaning here: it is a wish for readable lines. */
function isFormatString(value: unknown): value is string {
  return typeof value === 'string' && value.includes('%(');
}

function levelOf(word: string): string {
  const level = word.toLowerCase();
  if (level === 'warning') return 'warn';
  return level === 'critical' ? 'error' : level;
}
