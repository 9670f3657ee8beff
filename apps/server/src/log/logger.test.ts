import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createLogger, loggerTo, type LoggingOptions } from './logger.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const options = (parts: Partial<LoggingOptions> = {}): LoggingOptions => ({
  level: 'info',
  format: 'json',
  filePath: join(folder, 'server.log'),
  maxFileSize: 10_485_760,
  backupCount: 5,
  ...parts,
});

function lines(
  write: (logger: ReturnType<typeof loggerTo>) => void,
  level: LoggingOptions['level'] = 'info',
): object[] {
  const written: object[] = [];
  write(loggerTo({ level }, { write: (line) => void written.push(JSON.parse(line) as object) }));
  return written;
}

describe('the log', () => {
  it('is one JSON line per event with time, level in words and the message', () => {
    expect(lines((logger) => logger.warn({ correlationId: 'c-1' }, 'call.finished'))).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/u),
        correlationId: 'c-1',
        msg: 'call.finished',
      },
    ]);
  });

  it('leaves out what is below its level, and takes a new level while it runs', () => {
    const written = lines((logger) => {
      logger.debug('not yet');
      logger.level = 'debug';
      logger.debug('now');
    });
    expect(written).toMatchObject([{ msg: 'now' }]);
  });

  it('hides members that hold credentials, should one get this far', () => {
    const [line] = lines((logger) =>
      logger.info({ request: { authorization: 'Bearer secret' }, apiKey: 'secret' }, 'x'),
    );
    expect(JSON.stringify(line)).not.toContain('secret');
  });

  it('cannot be broken up by what a client sends', () => {
    expect(lines((logger) => logger.info({ tool: 'a\n{"level":"fatal"}' }, 'x'))).toHaveLength(1);
  });
});

describe('a log file', () => {
  const files = (): string[] =>
    readdirSync(folder)
      .filter((name) => name.startsWith('server.'))
      .sort();

  it('is written instead of standard error, closed to other users', async () => {
    const logger = await createLogger(options());
    logger.info('hello');
    await new Promise<void>((flushed) => logger.flush(() => flushed()));
    await expect.poll(() => readFileSync(join(folder, files()[0]!), 'utf8')).toContain('hello');
    expect(statSync(join(folder, files()[0]!)).mode & 0o077).toBe(0);
  });

  it('is rotated by size, and only so many are kept', async () => {
    const logger = await createLogger(options({ maxFileSize: 2048, backupCount: 2 }));
    for (let round = 0; round < 12; round += 1) {
      logger.info({ text: 'x'.repeat(1500) }, `line ${round}`);
      await new Promise<void>((flushed) => logger.flush(() => flushed()));
      await new Promise((turn) => setImmediate(turn));
    }
    await expect.poll(() => files().length).toBeLessThanOrEqual(3);
    await expect
      .poll(() =>
        files()
          .map((name) => readFileSync(join(folder, name), 'utf8'))
          .join(''),
      )
      .toContain('line 11');
  });

  it('can be for people', async () => {
    const logger = await createLogger(options({ format: 'pretty' }));
    logger.info({ tool: 'ping' }, 'call.finished');
    await expect.poll(() => readFileSync(join(folder, files()[0]!), 'utf8')).toMatch(/INFO: call\.finished/u);
  });

  it('that cannot be opened is an error at the start', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(createLogger(options({ filePath: join(folder, 'file', 'server.log') }))).rejects.toThrow(
      'logging.filePath',
    );
  });
});
