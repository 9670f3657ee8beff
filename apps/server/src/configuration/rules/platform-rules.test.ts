import { beforeEach, describe, expect, test, vi } from 'vitest';

import { loadError, loadServerConfig } from '../test-support/load-server-config.ts';
import { sandboxRequest } from '../settings/sandbox-request.ts';

const onPlatform = (name: NodeJS.Platform): void => {
  vi.spyOn(process, 'platform', 'get').mockReturnValue(name);
};
const PROGRAM = 'tools: { free: { description: A, command: df } }\n';

describe('on Windows', () => {
  beforeEach(() => onPlatform('win32'));

  test.each([
    ['a program', PROGRAM, 'tools.free.command'],
    ['an upstream that is a program', 'upstreams: { notes: { command: [notes-server] } }\n', 'upstreams.notes.command'],
    ['a preset by its name', 'presets: [ping]\n', 'presets'],
  ])('%s is refused when the configuration is loaded, in one sentence', async (_, yaml, place) => {
    const { problems } = await loadError(yaml);
    expect(problems.map(({ path }) => path.join('.'))).toEqual([place]);
    expect(problems[0]).toMatchObject({
      message: `${place} would start programs, which cannot be tools on Windows`,
      suggestion: 'use HTTP tools, modules and upstreams with a URL, or run the server on Linux or macOS',
    });
  });

  test.each([
    ['nothing configured', '{}'],
    ['no preset wanted', 'presets: []\n'],
    [
      'an HTTP tool',
      'tools: { stock: { description: A, http: { method: GET, url: "https://stock.lab.internal/" } } }\n',
    ],
  ])('%s is accepted', async (_, yaml) => {
    await using store = await loadServerConfig(yaml);
    expect(store.snapshot.version).toBeGreaterThan(0);
  });
});

test.each(['linux', 'darwin'] as const)('a program is accepted on %s', async (platform) => {
  onPlatform(platform);
  await using store = await loadServerConfig(PROGRAM);
  expect(Object.keys(store.snapshot.values.tools)).toEqual(['free']);
});

test('the least that a sandbox must give is limits on Linux and nothing on macOS, unless the configuration says so', async () => {
  await using store = await loadServerConfig('{}');
  const { sandbox, security } = store.snapshot.values;
  const minimum = (platform: NodeJS.Platform, config = sandbox): string => {
    onPlatform(platform);
    return sandboxRequest(
      { sandbox: config, security },
      { command: 'df', own: undefined, folders: [], network: 'none' },
    ).minimum;
  };
  expect([minimum('linux'), minimum('darwin')]).toEqual(['limits', 'none']);
  expect(minimum('darwin', { ...sandbox, minimum: 'files' })).toBe('files');
});
