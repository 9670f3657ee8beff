import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { defineCommandTool, testTool, ToolDefinitionError, type CommandToolSpec } from '../index.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'paths-')));
const logs = join(root, 'logs');
mkdirSync(join(logs, 'app'), { recursive: true });
mkdirSync(join(root, 'logs-private'));
writeFileSync(join(logs, 'app/web.log'), 'hello\n');
writeFileSync(join(root, 'secret'), 'secret\n');
writeFileSync(join(root, 'logs-private/a.log'), 'secret\n');
symlinkSync(join(root, 'secret'), join(logs, 'out.log'));
symlinkSync('..', join(logs, 'up'));
symlinkSync('app/web.log', join(logs, 'current.log'));
symlinkSync(logs, join(root, 'link-to-logs'));
afterAll(() => rmSync(root, { recursive: true }));

const tail: CommandToolSpec = {
  name: 'tail_log',
  description: 'The end of a log file',
  command: '/bin/echo',
  args: ['-n', '10', '--', '{file}'],
  parameters: { file: { type: 'path', within: logs } },
};
const withKind = (kind: 'file' | 'folder' | 'any'): CommandToolSpec => ({
  ...tail,
  parameters: { file: { type: 'path', within: logs, kind } },
});

describe('a path parameter', () => {
  test.each(['app/web.log', './app/../app/web.log', 'current.log', join(logs, 'app/web.log')])(
    '%s becomes the file itself',
    async (file) => {
      const kit = testTool(defineCommandTool(tail));
      expect((await kit.call({ file })).error).toBeUndefined();
      expect(kit.started).toEqual([['/bin/echo', '-n', '10', '--', join(logs, 'app/web.log')]]);
    },
  );

  test.each([
    '../secret',
    'out.log',
    'up/secret',
    '../logs-private/a.log',
    '/etc/passwd',
    'app',
    '.',
    'missing.log',
    'a\0b',
    'a\nb',
    '-n',
    '',
    7,
  ])('%j is refused, and nothing is started', async (file) => {
    const kit = testTool(defineCommandTool(tail));
    const { error } = await kit.call({ file });
    expect(error?.type).toBe('validation_error');
    expect(kit.started).toEqual([]);
  });

  test('the answer does not tell what is outside from what does not exist, and names no folder', async () => {
    const kit = testTool(defineCommandTool(tail));
    const answers = ['../secret', '../missing', 'missing'].map(
      async (file) => (await kit.call({ file })).error?.message,
    );
    expect(new Set(await Promise.all(answers))).toEqual(
      new Set(['file: there is no such file in the folder of this argument.']),
    );
  });

  test('may be a folder where the declaration says so', async () => {
    const folders = testTool(defineCommandTool(withKind('folder')));
    expect((await folders.call({ file: 'app' })).ok).toBe(true);
    expect((await folders.call({ file: '.' })).ok).toBe(true);
    expect((await folders.call({ file: 'app/web.log' })).ok).toBe(false);
    const any = testTool(defineCommandTool(withKind('any')));
    expect((await any.call({ file: 'app' })).ok).toBe(true);
    expect((await any.call({ file: 'app/web.log' })).ok).toBe(true);
  });

  test('is never a device or pipe', async () => {
    const devices = { ...tail, parameters: { file: { type: 'path', within: '/dev', kind: 'any' } } } as const;
    expect((await testTool(defineCommandTool(devices)).call({ file: 'null' })).error?.type).toBe('validation_error');
  });

  test('is held inside the folder that a link names', async () => {
    const linked = { ...tail, parameters: { file: { type: 'path', within: join(root, 'link-to-logs') } } } as const;
    const kit = testTool(defineCommandTool(linked));
    expect((await kit.call({ file: 'app/web.log' })).ok).toBe(true);
    expect((await kit.call({ file: '../secret' })).ok).toBe(false);
  });

  test('is followed for each call, so a link that was put there later is seen', async () => {
    const kit = testTool(defineCommandTool(tail));
    const later = join(logs, 'later.log');
    writeFileSync(later, 'x');
    expect((await kit.call({ file: 'later.log' })).ok).toBe(true);
    rmSync(later);
    symlinkSync(join(root, 'secret'), later);
    expect((await kit.call({ file: 'later.log' })).ok).toBe(false);
  });

  test('keeps its flag, and an optional one may be left out', async () => {
    const spec: CommandToolSpec = {
      ...tail,
      args: ['{file}'],
      parameters: { file: { type: 'path', within: logs, flag: '-f', optional: true } },
    };
    const kit = testTool(defineCommandTool(spec));
    await kit.call({ file: 'current.log' });
    await kit.call({});
    expect(kit.started).toEqual([['/bin/echo', '-f', join(logs, 'app/web.log')], ['/bin/echo']]);
  });

  test('needs a folder that exists', () => {
    const missing = { ...tail, parameters: { file: { type: 'path', within: join(root, 'no') } } } as const;
    expect(() => defineCommandTool(missing)).toThrow(ToolDefinitionError);
    expect(() => defineCommandTool({ ...tail, parameters: { file: { type: 'path', within: 'logs' } } })).toThrow(
      /not an absolute path/,
    );
  });
});
