import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { defineConfig } from '../define-config.ts';
import { ConfigStore } from '../store/config-store.ts';
import { group, map } from './composite-fields.ts';
import { path } from './path-field.ts';
import { loadError, loadSample } from '../test-support/sample-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mcp-path-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A configuration file in the folder. */
function fileWith(text: string): { source: undefined; file: string } {
  const file = join(folder, 'config.yaml');
  writeFileSync(file, text, { mode: 0o600 });
  return { source: undefined, file };
}

const placeholders = [
  '${LOG_DIR}/x.log',
  '$LOG_DIR/x.log',
  'logs/$NAME/x.log',
  '%APPDATA%\\x.log',
  '/var/%NAME%/x',
  '$(LOG_DIR)/x.log',
  '{{ log_dir }}/x.log',
];

describe('a path', () => {
  test.each(['file:///var/log/x.log', 'https://logs.example/x'])('is not %s', async (path) => {
    const { problems } = await loadError(`logging: { filePath: "${path}" }`);
    expect(problems).toMatchObject([{ rule: 'url_as_path', path: ['logging', 'filePath'] }]);
  });

  test('starts at the folder of the configuration file, whichever layer sets it', async () => {
    const relative = fileWith('logging: {filePath: logs/x.log}');
    await using fromFile = await loadSample('', relative);
    expect(fromFile.snapshot.values.logging.filePath).toBe(join(folder, 'logs/x.log'));
    await using fromEnv = await loadSample('', { ...relative, env: { MCP_LOGGING_FILE_PATH: '../y.log' } });
    expect(fromEnv.snapshot.values.logging.filePath).toBe(join(folder, '../y.log'));
    const flags = [{ path: 'logging.filePath', flag: '--log-file', value: './z.log' }];
    await using fromFlag = await loadSample('', { ...relative, flags });
    expect(fromFlag.snapshot.values.logging.filePath).toBe(join(folder, 'z.log'));
  });

  test('without a file starts at the current folder', async () => {
    await using store = await loadSample('', { source: undefined, values: { logging: { filePath: 'x.log' } } });
    expect(store.snapshot.values.logging.filePath).toBe(join(process.cwd(), 'x.log'));
  });

  test('that is a default starts there as well, also within an entry of a map', async () => {
    const logs = group<{ file: string }>(
      { file: path({ doc: 'Where it is.', default: './x.log' }) },
      { doc: 'A log.' },
    );
    const fields = {
      logs,
      byName: map(logs, { doc: 'Logs by name.', default: {}, keyPattern: /^[a-z]+$/, keyExpected: 'letters' }),
    };
    const definition = defineConfig<{ logs: { file: string }; byName: Record<string, { file: string }> }>(fields, {
      title: 'Logs',
      envPrefix: 'LOGS',
    });
    for (const name of ['one', 'two']) {
      const place = join(folder, name);
      mkdirSync(place);
      const file = join(place, 'config.yaml');
      writeFileSync(file, 'byName: {a: {}}', { mode: 0o600 });
      await using store = await ConfigStore.load({ definition, file });
      const expected = { file: join(place, 'x.log') };
      expect(store.snapshot.values).toEqual({ logs: expected, byName: { a: expected } });
    }
  });

  test.each([
    ['~/x.log', join(homedir(), 'x.log')],
    ['~', homedir()],
    ['/var/log/x.log', '/var/log/x.log'],
    ['a~b/c%d', join(process.cwd(), 'a~b/c%d')],
  ])('%s', async (written, expected) => {
    await using store = await loadSample(`logging: {filePath: '${written}'}`);
    expect(store.snapshot.values.logging.filePath).toBe(expected);
  });

  test.each(placeholders)('with the variable %s is rejected', async (written) => {
    const error = await loadError(`logging: {filePath: '${written}'}`);
    expect(error.problems).toMatchObject([{ rule: 'unexpanded_variable', path: ['logging', 'filePath'] }]);
    const env = { MCP_LOGGING_FILE_PATH: written };
    expect((await loadError('{}', { env })).problems).toMatchObject([{ rule: 'unexpanded_variable' }]);
  });

  test.each(['~root/x.log', '~x'])('in the home folder of another user, %s, is rejected', async (written) => {
    const error = await loadError(`logging: {filePath: '${written}'}`);
    expect(error.problems).toMatchObject([{ rule: 'home_folder' }]);
  });

  test.each([
    ['#{DIR}/x.log', 'unexpanded_variable'],
    ['$env:TEMP/x.log', 'unexpanded_variable'],
    ['/var/log/x.log ', 'surrounding_space'],
    ...(process.platform === 'win32'
      ? []
      : [
          ['C:\\logs\\x.log', 'windows_path'],
          ['\\\\server\\x.log', 'windows_path'],
        ]),
  ])('%s, of another program or system, is rejected by %s', async (written, rule) => {
    const error = await loadError('{}', { env: { MCP_LOGGING_FILE_PATH: written } });
    expect(error.problems).toMatchObject([{ rule }]);
  });

  test('in quotes is rejected', async () => {
    const error = await loadError('{}', { env: { MCP_LOGGING_FILE_PATH: '"/var/log/x.log"' } });
    expect(error.problems).toMatchObject([
      { rule: 'surrounding_quotes', origin: { variable: 'MCP_LOGGING_FILE_PATH' } },
    ]);
  });
});

test('for a user without a home folder, a path below it is rejected and any other is taken', async () => {
  vi.stubEnv('HOME', '');
  const error = await loadError("logging: {filePath: '~/server.log'}");
  expect(error.problems).toMatchObject([{ rule: 'home_folder', path: ['logging', 'filePath'] }]);
  expect(error.message).toContain('set HOME');
  await using store = await loadSample("logging: {filePath: '/var/log/server.log'}");
  expect(store.snapshot.values.logging.filePath).toBe('/var/log/server.log');
});

describe('the file of an SQLite database', () => {
  test('is a path too', async () => {
    await using relative = await loadSample('', fileWith('database: {url: "sqlite:audit.db"}'));
    expect(relative.snapshot.values.database.url.reveal()).toBe(`sqlite:${join(folder, 'audit.db')}`);
    await using home = await loadSample('database: {url: "sqlite:~/audit.db"}');
    expect(home.snapshot.values.database.url.reveal()).toBe(`sqlite:${join(homedir(), 'audit.db')}`);
    const error = await loadError('database: {url: "sqlite:${DATA}/audit.db"}');
    expect(error.problems).toMatchObject([{ rule: 'unexpanded_variable' }]);
  });

  test.each(['sqlite:///audit.db', 'sqlite:////var/audit.db', 'sqlite://audit.db'])(
    '%s, which programs read in different ways, is rejected with the spellings that are accepted',
    async (url) => {
      const error = await loadError(`database: {url: '${url}'}`);
      expect(error.problems).toMatchObject([{ rule: 'sqlite_slashes' }]);
      expect(error.message).toContain('write sqlite:FILE');
    },
  );

  test.each([
    ['sqlite::memory:', 'sqlite_memory'],
    ['sqlite:audit.db?mode=ro', 'sqlite_options'],
    ['sqlite+aiosqlite:///audit.db', 'database_driver'],
  ])('%s is rejected by %s: it would be the name of a file', async (url, rule) => {
    const error = await loadError(`database: {url: '${url}'}`);
    expect(error.problems).toMatchObject([{ rule }]);
  });
});

describe('the URL of a PostgreSQL', () => {
  test.each([
    ['postgres://u:hunter22@h:99999/db', 'postgres_url'],
    ['postgres://u:hunter22@[::1/db', 'postgres_url'],
    ['postgres://u:hun/ter22@h/db', 'postgres_url'],
    ['postgresql+psycopg2://u:hunter22@h/db', 'database_driver'],
  ])('%s is rejected by %s, without its password', async (url, rule) => {
    const error = await loadError(`database: {url: '${url}'}`);
    expect(error.problems).toMatchObject([{ rule }]);
    expect(JSON.stringify(error.problems)).not.toContain('ter22');
  });

  test.each([
    'postgres://u:p@h:5432/db',
    'postgresql:///db?host=/run/postgresql',
    'postgres://u:p@/db',
    'postgres://[::1]/db',
  ])('%s is accepted', async (url) => {
    await using store = await loadSample(`database: {url: '${url}'}`);
    expect(store.snapshot.values.database.url.reveal()).toBe(url);
  });
});

describe('the path of the configuration file', () => {
  test('that is empty is not looked for', async () => {
    const error = await loadError('', { source: undefined, file: '' });
    expect(error.problems).toMatchObject([{ rule: 'empty_path' }]);
  });

  test('may start with the home folder', async () => {
    const missing = await loadError('', { source: undefined, file: '~/no-such-file.yaml' });
    expect(missing.problems).toMatchObject([
      { rule: 'missing', origin: { file: join(homedir(), 'no-such-file.yaml') } },
    ]);
  });

  test.each(['${HOME}/config.yaml', '$HOME/config.yaml', '"config.yaml"', '~root/config.yaml'])(
    'with %s is rejected',
    async (file) => {
      const error = await loadError('', { source: undefined, file });
      expect(error.message).toContain('the path of the configuration file');
    },
  );
});
