import { expect, test } from 'vitest';

import { loadError, loadServerConfig } from '../test-support/load-server-config.ts';

test.each([
  ['curl', "did you mean 'curl_head'?"],
  ['nmap', "did you mean 'nmap_discovery'?"],
])('a preset that does not exist is refused, with the one that is meant: %s', async (name, suggestion) => {
  const { problems } = await loadError(`presets: [ping, ${name}]\n`);
  expect(problems).toMatchObject([{ path: ['presets', '1'], suggestion }]);
});

test('the names that exist are in the error of one that does not', async () => {
  const { message } = await loadError('presets: [df]\n');
  expect(message).toContain("'ping'");
  expect(message).toContain("'nmap_discovery'");
});

test('a preset that scans networks is refused without security.allowIntrusive', async () => {
  const { problems } = await loadError('presets: [nmap_discovery]\n');
  expect(problems).toMatchObject([{ path: ['presets', '0'], message: expect.stringContaining('allowIntrusive') }]);
  await using store = await loadServerConfig('presets: [nmap_discovery]\nsecurity: { allowIntrusive: true }\n');
  expect(store.snapshot.values.presets).toEqual(['nmap_discovery']);
});
