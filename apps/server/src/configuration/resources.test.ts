import { describe, expect, test } from 'vitest';

import { commandToolSpec } from './settings/command-tool-spec.ts';
import { loadError, loadServerConfig } from './test-support/load-server-config.ts';
import { programsOf } from './shape/tool-declaration.ts';

async function limitsOf(yaml: string): Promise<unknown> {
  await using store = await loadServerConfig(`tools: { t: { description: A, command: df${yaml}`);
  const { values } = store.snapshot;
  return commandToolSpec('t', programsOf(values.tools)[0]![1], values).resourceLimits;
}
const DEFAULTS = { memoryBytes: 2 ** 30, fileBytes: 2 ** 26, openFiles: 256, processes: 'none' };

describe('the limits of a program', () => {
  test('are the defaults, unless its tool says otherwise or takes one away', async () => {
    expect(await limitsOf(' } }')).toEqual(DEFAULTS);
    expect(await limitsOf(', resources: { memory: 64MiB, fileSize: none, cpuTime: 90s, openFiles: 32 } } }')).toEqual({
      memoryBytes: 2 ** 26,
      fileBytes: 'none',
      openFiles: 32,
      processes: 'none',
      cpuSeconds: 90,
    });
  });

  test('that are defaults can be changed, and are lowered to the ceilings', async () => {
    const limits = await limitsOf(
      ' } }\ntool: { defaultResources: { memory: 2GiB } }\nsecurity: { maxResources: { memory: 1.5GiB, processes: 99 } }',
    );
    expect(limits).toEqual({ ...DEFAULTS, memoryBytes: 1.5 * 2 ** 30, processes: 99 });
  });

  test('above a ceiling, or taken away below one, are refused with the place', async () => {
    const { message } = await loadError(
      'security: { maxResources: { memory: 1GiB, openFiles: 100 } }\ntools: { t: { description: A, command: df, resources: { memory: 2GiB, openFiles: none } } }',
    );
    expect(message).toContain(
      'tools.t.resources.memory (2147483648) is above the ceiling security.maxResources.memory',
    );
    expect(message).toContain('tools.t.resources.openFiles (none) is above the ceiling');
    expect(message).toContain(':2:');
  });
});
