import { expect, test } from 'vitest';

import { loadError, loadServerConfig } from '../test-support/load-server-config.ts';

const file = (more: string): string => `{ tools: { t: { description: A, command: df, confirm: operator } }, ${more} }`;

test('an operator can be asked by a server over HTTP with keys', async () => {
  await using store = await loadServerConfig(file('server: { transport: http }'));
  expect(store.snapshot.values.tools['t']?.confirm).toBe('operator');
});

test.each([
  ['server: { transport: stdio }', 'needs a server over HTTP'],
  ['server: { transport: http }, security: { auth: none }', 'needs keys'],
  ['server: { transport: http }, cluster: { url: "redis://127.0.0.1:6379" }', 'is not shared between the servers'],
  ['server: { transport: http, workers: 2 }', 'is not shared between workers'],
])('with %s nobody could be', async (more, why) => {
  const { message } = await loadError(file(more));
  expect(message).toContain('tools.t.confirm (operator)');
  expect(message).toContain(why);
});
