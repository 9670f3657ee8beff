import { expect, test } from 'vitest';

import { loadError, loadServerConfig } from './test-support/load-server-config.ts';
import { commandToolSpec } from './settings/command-tool-spec.ts';
import { programsOf } from './shape/tool-declaration.ts';
import { toolSettings } from './settings/tool-settings.ts';

const tool = (more: string): string => `tools: { t: { description: t, command: printf${more} } }`;

test('maxOutput is the limit of a result, 32 KiB by default', async () => {
  const { values } = (await loadServerConfig(tool(', maxOutput: 2048'))).snapshot;
  expect(commandToolSpec('t', programsOf(values.tools)[0]![1], values).maxOutputBytes).toBe(2048);
  expect(toolSettings(values).defaults).toMatchObject({ maxOutputBytes: 32_768, maxReadBytes: 1_048_576 });
});

test('security.maxOutputSize is the ceiling', async () => {
  const small = 'security: { maxOutputSize: 2000 }';
  const { values } = (await loadServerConfig(`${small}\n${tool('')}`)).snapshot;
  expect(toolSettings(values).defaults).toMatchObject({ maxOutputBytes: 2000, maxReadBytes: 2000 });
  const { problems } = await loadError(`${small}\n${tool(', maxOutput: 2001')}`);
  expect(problems.map(({ path }) => path.join('.'))).toEqual(['tools.t.maxOutput']);
});
