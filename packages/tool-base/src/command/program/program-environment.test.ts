import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';

import { createLauncher, defineCommandTool, directLauncher, lintCommandTool, testTool } from '../../index.ts';
import type { CommandToolSpec, Launcher } from '../../index.ts';

const shell = (script: string, spec: Partial<CommandToolSpec> = {}): CommandToolSpec => ({
  name: 'shell',
  description: 'Runs a fixed script',
  command: '/bin/sh',
  allowInterpreter: true,
  args: ['-c', script],
  timeoutMs: 10_000,
  ...spec,
});

const folder = mkdtempSync(join(tmpdir(), 'environment-'));
const secretFile = join(folder, 'token');
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.unstubAllEnvs());

describe.each([
  ['in this process', async (): Promise<Launcher> => directLauncher()],
  ['in the helper process', (): Promise<Launcher> => createLauncher()],
])('a program started %s', (_, create) => {
  let launcher: Launcher;
  beforeAll(async () => {
    launcher = await create();
    writeFileSync(secretFile, 's3cret-token\n', { mode: 0o600 });
  });
  afterAll(() => launcher[Symbol.asyncDispose]());

  async function stdoutOf(spec: CommandToolSpec): Promise<unknown> {
    const result = await testTool(defineCommandTool(spec), { launcher }).call({});
    return result.structured['stdout'];
  }

  test('gets fixed variables and the listed ones of the server, and no other', async () => {
    vi.stubEnv('PASSED', 'yes');
    vi.stubEnv('KEPT', 'no');
    const spec = shell('echo "$FIXED $PASSED $KEPT $HOME"', {
      env: { FIXED: 'a b', HOME: '/srv' },
      passEnv: ['PASSED', 'UNSET'],
    });
    expect(await stdoutOf(spec)).toBe('a b yes  /srv\n');
  });

  test('works in the folder that the operator names', async () => {
    expect(await stdoutOf(shell('pwd -P; test -w "$TMPDIR" && echo private', { cwd: '/usr' }))).toBe('/usr\nprivate\n');
  });

  test('reads fixed text from stdin', async () => {
    expect(await stdoutOf(shell('cat', { stdin: '{"a": 1}' }))).toBe('{"a": 1}');
  });

  test('gets secrets as variables and files, and its output and command line never show them', async () => {
    vi.stubEnv('OTHER_TOKEN', 'other-token');
    const secrets = { TOKEN: { file: secretFile, as: 'file' }, OTHER: { variable: 'OTHER_TOKEN' } } as const;
    const script =
      'stat -c %a "$TOKEN"; test "$(cat "$TOKEN")" = "$(printf s3c; echo ret-token)" && echo same; cat "$TOKEN"; echo " $OTHER" >&2; ' +
      'tr "\\0" " " </proc/$$/cmdline | grep -c other-tok; grep -c other-tok /proc/$PPID/cmdline';
    const result = await testTool(defineCommandTool(shell(script, { secrets, successExitCodes: [1] })), {
      launcher,
    }).call({});
    expect(result.structured).toMatchObject({ stderr: ' [redacted]\n' });
    expect(result.structured['stdout']).toMatch(/^600\nsame\n\[redacted\]/);
    expect(JSON.stringify(result)).not.toMatch(/s3cret-token|other-token/);
  });
});

test('a secret is read for each run, so that a changed one is used', async () => {
  await using launcher = directLauncher();
  const secrets = { TOKEN: { file: secretFile } };
  const { call } = testTool(defineCommandTool(shell('printf "${#TOKEN}"', { secrets })), { launcher });
  writeFileSync(secretFile, 'abcd');
  expect((await call({})).structured['stdout']).toBe('4');
  writeFileSync(secretFile, 'abcdefgh');
  expect((await call({})).structured['stdout']).toBe('8');
  expect(readFileSync(secretFile, 'utf8')).toBe('abcdefgh');
});

test.each([
  [{ file: join(folder, 'none') }, 'its file cannot be read'],
  [{ variable: 'NO_SUCH_VARIABLE' }, 'its variable is not set'],
  [{ variable: 'SHORT' }, 'its variable has fewer than 4 characters'],
])('a tool whose secret is missing is unavailable, and says which', async (source, why) => {
  vi.stubEnv('SHORT', 'abc');
  await using launcher = directLauncher();
  const definition = defineCommandTool(shell('true', { secrets: { TOKEN: source } }));
  expect(definition.available()).toEqual({ ok: false, reason: `Its secret TOKEN is missing: ${why}.` });
  expect((await testTool(definition, { launcher }).call({})).error).toMatchObject({
    type: 'unavailable',
    message: 'A secret that this tool needs is missing.',
  });
});

test.each([
  [{ env: { 'A-B': 'x' } }, 'A-B is not the name of a variable'],
  [{ passEnv: ['TMPDIR'] }, 'TMPDIR is not the name of a variable'],
  [{ env: { TOKEN: 'x' }, secrets: { TOKEN: { variable: 'X' } } }, 'TOKEN is also in env'],
])('%j is refused', (spec, why) => {
  expect(
    lintCommandTool(shell('true', spec))
      .map(({ message }) => message)
      .join(),
  ).toContain(why);
});

test.each(['relative', '/no/such/folder', '/etc/passwd'])('the working directory %s is refused', (cwd) => {
  expect(() => defineCommandTool(shell('true', { cwd }))).toThrow(/^Tool "shell".*cwd: It is not a/s);
});
