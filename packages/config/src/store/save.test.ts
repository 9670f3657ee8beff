import { lstat, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { pathProblem, secretProblem } from '../fields/text-problem.ts';
import { loadSample, yaml } from '../test-support/sample-store.ts';
import { redacted } from '../fields/secret.ts';
import { isPrototypeKey } from '../fields/key-names.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcp-save-'));
  file = join(folder, 'config.yaml');
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

describe('save', () => {
  test('writes what the file and update() set, under canonical keys, for its owner only', async () => {
    await writeFile(file, '# note\nserver: {max_connections: 5}\nhealth: {timeout: 5s}\n', { mode: 0o644 });
    await using store = await loadSample('', { source: undefined, file, env: { MCP_SERVER_PORT: '1' } });
    await store.update({ tool: { excludePatterns: ['curl*'] } });
    expect(await store.save()).toEqual({ file, omitted: [] });
    expect(await readFile(file, 'utf8')).toBe(
      'server:\n  maxConnections: 5\nhealth:\n  timeout: 5s\ntool:\n  excludePatterns:\n    - curl*\n',
    );
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(store.snapshot.origin('tool.excludePatterns')).toMatchObject({ source: 'file', line: 7 });
    expect(await readdir(folder)).toEqual(['config.yaml']);
  });

  test('writes JSON to a .json file, or with format', async () => {
    await writeFile(file, 'server: {port: 5}', { mode: 0o600 });
    await using store = await loadSample('', { source: undefined, file });
    const target = join(folder, 'out.json');
    await store.save({ file: target });
    expect(JSON.parse(await readFile(target, 'utf8'))).toEqual({ server: { port: 5 } });
    await store.save({ file: target, format: 'yaml' });
    expect(await readFile(target, 'utf8')).toBe('server:\n  port: 5\n');
  });

  test('keeps a symbolic link and replaces what it points to', async () => {
    await mkdir(join(folder, 'real'));
    await writeFile(join(folder, 'real', 'c.yaml'), 'server: {port: 5}', { mode: 0o600 });
    await symlink(join('real', 'c.yaml'), file);
    await using store = await loadSample('', { source: undefined, file });
    await store.save();
    expect((await lstat(file)).isSymbolicLink()).toBe(true);
    expect(await readFile(join(folder, 'real', 'c.yaml'), 'utf8')).toBe('server:\n  port: 5\n');
  });

  test('changes nothing when it cannot write', async () => {
    await using store = await loadSample('server: {port: 5}');
    await writeFile(join(folder, 'occupied'), '');
    await expect(store.save({ file: join(folder, 'occupied', 'c.yaml') })).rejects.toThrow(/EEXIST|ENOTDIR/);
    expect(await readdir(folder)).toEqual(['occupied']);
  });

  test('creates the folders of the file, for its owner only', async () => {
    await using store = await loadSample('server: {port: 5}');
    const { file: saved } = await store.save({ file: join(folder, 'new', 'deep', 'c.json') });
    expect(JSON.parse(await readFile(saved, 'utf8'))).toEqual({ server: { port: 5 } });
    expect((await stat(join(folder, 'new'))).mode & 0o777).toBe(0o700);
  });

  test('to its own file by another spelling keeps the secrets in it', async () => {
    await writeFile(file, 'security: {apiKey: key-0123456789abcdef}', { mode: 0o600 });
    await using store = await loadSample('', { source: undefined, file });
    expect(await store.save({ file: join(folder, 'x') + '/../config.yaml' })).toEqual({ file, omitted: [] });
    expect(await store.save({ file: relative(process.cwd(), file) })).toEqual({ file, omitted: [] });
    expect(await readFile(file, 'utf8')).toContain('key-0123456789abcdef');
  });

  test('writes below the home folder, not into a folder called ~', async () => {
    vi.stubEnv('HOME', folder);
    await using store = await loadSample('server: {port: 5}');
    expect(await store.save({ file: '~/saved/c.yaml' })).toEqual({
      file: join(folder, 'saved', 'c.yaml'),
      omitted: [],
    });
    expect(await readdir(folder)).toEqual(['saved']);
  });

  test.each(['', '${DIR}/c.yaml', '$DIR/c.yaml', 'a\0.yaml', '~root/c.yaml', 42 as never, null as never])(
    'to %j, which names no file, throws in words',
    async (target) => {
      await using store = await loadSample('server: {port: 5}');
      await expect(store.save({ file: target })).rejects.toThrow(/^save\(\)/);
    },
  );

  test('without a file to write to, throws', async () => {
    await using store = await loadSample('', { source: undefined });
    await expect(store.save()).rejects.toThrow('save() needs a file');
  });

  test('a saved configuration loads with the same values', async () => {
    const text = fc
      .string({ unit: fc.constantFrom(...Array.from('ab: #"\'{}[],&*!|>%@`\\-?~é')) })
      .filter((value) => value.length > 0);
    const config = fc.record({
      security: fc.record({
        apiKey: fc.stringMatching(/^[!-~]{1,30}$/).filter((key) => secretProblem(key) === undefined),
      }),
      logging: fc.record({
        filePath: text.map((value) => `./x${value}`).filter((path) => pathProblem(path) === undefined),
        level: fc.constantFrom('info', 'debug'),
      }),
      server: fc.record({ port: fc.integer({ min: 0, max: 65_535 }) }),
      tool: fc.record({ defaultTimeout: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.constant('5m')) }),
      tools: fc.dictionary(
        fc.stringMatching(/^[a-z0-9_.-]{1,10}$/).filter((name) => !isPrototypeKey(name)),
        fc.record({ description: text, command: fc.constant('ping') }),
      ),
    });
    await fc.assert(
      fc.asyncProperty(config, fc.constantFrom('yaml', 'json'), async (values, format) => {
        const source = yaml('{}');
        await using store = await loadSample('', { source, values: {} });
        expect(await store.update(values)).toMatchObject({ ok: true });
        await store.save({ format });
        await using again = await loadSample(source.text);
        expect(redacted(again.snapshot.values)).toEqual({
          ...(redacted(store.snapshot.values) as object),
          ...restartOnly(again),
        });
        expect(again.snapshot.values.security.apiKey?.reveal()).toBe(values.security.apiKey);
      }),
      { numRuns: 50 },
    );
  });
});

/** Keys that only a restart changes still have their running value in the store that saved. */
function restartOnly({ snapshot: { values } }: Awaited<ReturnType<typeof loadSample>>): object {
  const { server, logging } = values;
  return redacted({ server, logging }) as object;
}
