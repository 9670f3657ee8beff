import { once } from 'node:events';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ManualClock } from '../../foundation/test-support/manual-clock.ts';
import { loggerTo, openLog, type LoggingOptions } from './logger.ts';
import { rotatingFile } from './rotating-file.ts';

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

const SMALL = { maxFileSize: 100, backupCount: 1, onDropped: () => {} };

function lines(
  write: (logger: ReturnType<typeof loggerTo>) => void,
  level: LoggingOptions['level'] = 'info',
): object[] {
  const written: object[] = [];
  write(loggerTo({ level, format: 'json' }, { write: (line) => void written.push(JSON.parse(line) as object) }));
  return written;
}

describe('the log', () => {
  test('is one JSON line per event with time, level in words and the message', () => {
    expect(lines((logger) => logger.warn({ correlationId: 'c-1' }, 'call.finished'))).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/u),
        correlationId: 'c-1',
        msg: 'call.finished',
      },
    ]);
  });

  test('leaves out what is below its level, and takes a new level while it runs', () => {
    const written = lines((logger) => {
      logger.debug('not yet');
      logger.level = 'debug';
      logger.debug('now');
    });
    expect(written).toMatchObject([{ msg: 'now' }]);
  });

  test('hides members that hold credentials, should one get this far', () => {
    const [line] = lines((logger) =>
      logger.info({ request: { authorization: 'Bearer secret' }, apiKey: 'secret' }, 'x'),
    );
    expect(JSON.stringify(line)).not.toContain('secret');
  });

  test.each(['json', 'pretty'] as const)(
    'in the format %s has no control or bidirectional character of a tool',
    async (format) => {
      const { logger, flush } = await openLog(options({ format }));
      logger.info({ tool: 'a\u001b[2Jb' }, 'text\n[12:00] INFO: forged \u202e\u009b31m');
      flush();
      const text = readFileSync(join(folder, 'server.log'), 'utf8');
      expect(text).toContain('forged');
      // oxlint-disable-next-line no-control-regex -- none may be there
      expect(text).not.toMatch(/[\u001b\u009b\u202e]/u);
      expect(text).not.toMatch(/^\[12:00\]/mu);
    },
  );

  test('names type, message, code and stack of an error under either key, and nothing else of it', () => {
    const error = Object.assign(new TypeError('no such row'), { code: 'E1', headers: { 'x-vault-token': 's.TOKEN' } });
    const written = lines((logger) => {
      logger.error({ err: error }, 'one');
      logger.error({ error }, 'two');
    });
    const described = { type: 'TypeError', message: 'no such row', code: 'E1', stack: expect.any(String) as string };
    expect(written).toMatchObject([{ err: described }, { error: described }]);
    expect(JSON.stringify(written)).not.toContain('TOKEN');
  });

  test('cannot be broken up by what a client sends', () => {
    expect(lines((logger) => logger.info({ tool: 'a\n{"level":"fatal"}' }, 'x'))).toHaveLength(1);
  });
});

describe('a log file', () => {
  const texts = (): Record<string, string> =>
    Object.fromEntries(
      readdirSync(folder)
        .sort()
        .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
    );
  /** The messages in each file, after `count` lines of which every one fills a file. */
  const rotated = async (backupCount: number, count: number): Promise<Record<string, string[]>> => {
    const { logger } = await openLog(options({ maxFileSize: 1024, backupCount }));
    for (let round = 1; round <= count; round += 1) logger.info({ text: 'x'.repeat(1024) }, `line ${round}`);
    logger.info('the end');
    return Object.fromEntries(
      Object.entries(texts()).map(([name, text]) => [name, text.match(/(?<="msg":")[^"]+/gu) ?? []]),
    );
  };

  test('is written under its own name instead of standard error, closed to other users', async () => {
    const { logger, flush } = await openLog(options());
    logger.info('hello');
    flush();
    expect(texts()['server.log']).toContain('hello');
    expect(statSync(join(folder, 'server.log')).mode & 0o077).toBe(0);
  });

  test('is rotated by size, and exactly so many finished files are kept, the newest as number 1', async () => {
    expect(await rotated(2, 5)).toEqual({
      'server.log': ['the end'],
      'server.log.1': ['line 5'],
      'server.log.2': ['line 4'],
    });
  });

  test('is begun anew when no finished file is to be kept', async () => {
    expect(await rotated(0, 3)).toEqual({ 'server.log': ['the end'] });
  });

  test('goes on where an earlier process ended, and counts what that one wrote', async () => {
    writeFileSync(join(folder, 'server.log'), `${'earlier '.repeat(200)}\n`);
    const { logger } = await openLog(options({ maxFileSize: 1024 }));
    logger.info('first');
    logger.info('second');
    expect(texts()['server.log.1']).toMatch(/earlier .*\n.*first/u);
    expect(texts()['server.log']).toContain('second');
  });

  test('can be for people', async () => {
    (await openLog(options({ format: 'pretty' }))).logger.info({ tool: 'ping' }, 'call.finished');
    expect(texts()['server.log']).toMatch(/INFO: call\.finished/u);
  });

  test('that cannot be opened is an error at the start', async () => {
    writeFileSync(join(folder, 'file'), '');
    const filePath = join(folder, 'file', 'server.log');
    await expect(openLog(options({ filePath }))).rejects.toThrow('logging.filePath');
    await expect(openLog(options({ filePath: folder }))).rejects.toThrow('is a folder');
    // Over stdio this may be the connection.
    for (const stream of ['/dev/stdout', '/dev//stderr', '/dev/fd/1', '/proc/self/fd/1', '/proc/thread-self/fd/2']) {
      await expect(openLog(options({ filePath: stream }))).rejects.toThrow('names an open stream');
    }
    await expect(openLog(options({ filePath: '/dev/zero' }))).rejects.toThrow('is not a regular file');
  });

  test('goes on under its own name after another program renamed it and asked to reopen', async () => {
    const { logger, reopen, flush } = await openLog(options());
    logger.info('before');
    renameSync(join(folder, 'server.log'), join(folder, 'server.log-20261125'));
    reopen();
    logger.info('after');
    flush();
    expect(texts()['server.log']).toContain('after');
    expect(texts()['server.log-20261125']).toContain('before');
    expect(texts()['server.log-20261125']).not.toContain('after');
  });

  test('whose folder was removed is written again, in a new folder', () => {
    const clock = new ManualClock();
    const failures: string[] = [];
    const filePath = join(folder, 'logs', 'server.log');
    const onFailure = (code: string): number => failures.push(code);
    const { stream: file } = rotatingFile({ filePath, ...SMALL, onFailure, clock });
    file.write('first\n');
    rmSync(join(folder, 'logs'), { recursive: true });
    clock.advance(1000);
    file.write('second\n');
    file.write('third\n');
    expect(readFileSync(filePath, 'utf8')).toBe('third\n');
    expect(failures).toEqual([]);
  });

  test.runIf(existsSync('/dev/full'))(
    'on a full disk waits in bounded memory, and the lines that were lost are counted',
    async () => {
      const filePath = join(folder, 'server.log');
      symlinkSync('/dev/full', filePath);
      const failures: string[] = [];
      const dropped: number[] = [];
      const { stream, reopen } = rotatingFile({
        filePath,
        maxFileSize: Infinity,
        backupCount: 0,
        onFailure: (code) => failures.push(code),
        onDropped: (count) => dropped.push(count),
      });
      const line = `${'x'.repeat(1023)}\n`;
      for (let n = 0; n < 3000; n += 1) stream.write(line);
      expect(failures).toEqual(['ENOSPC']);
      rmSync(filePath);
      reopen();
      await once(stream, 'drain');
      expect(statSync(filePath).size).toBeLessThanOrEqual(1_048_576);
      expect(dropped).toEqual([3000 - statSync(filePath).size / 1024]);
      stream.write(line);
      expect(readFileSync(filePath, 'utf8').endsWith(line)).toBe(true);
    },
  );

  test('that another program renamed or truncated is noticed by itself', () => {
    const clock = new ManualClock();
    const filePath = join(folder, 'server.log');
    const { stream: file } = rotatingFile({ filePath, ...SMALL, onFailure: () => {}, clock });
    file.write('first\n');
    renameSync(filePath, join(folder, 'moved'));
    clock.advance(1000);
    file.write('second\n');
    file.write('third\n');
    expect(texts()['server.log']).toBe('third\n');
    writeFileSync(filePath, '');
    for (let line = 0; line < 15; line += 1) file.write('sixteen bytes..\n');
    clock.advance(1000);
    expect(Object.keys(texts())).toContain('server.log.1');
    expect(statSync(filePath).size).toBeLessThan(116);
  });
});
