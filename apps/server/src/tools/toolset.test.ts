import { ConfigStore, ConfigVetoError, MemorySource } from '@mcp/config';
import { directLauncher } from '@mcp/tool-base';
import { beforeEach, describe, expect, test } from 'vitest';

import type { ServerConfig } from '../configuration/shape/server-config.ts';
import { serverConfigDefinition } from '../configuration/server-definition.ts';
import { builtInTools } from './builtin/index.ts';
import { Toolset } from './toolset.ts';

async function values(yaml: string): Promise<ServerConfig> {
  await using store = await ConfigStore.load({
    definition: serverConfigDefinition,
    source: new MemorySource(yaml),
  });
  return store.snapshot.values;
}

const shout = (extra = ''): string => `
presets: []
tools:
  shout: { description: Prints, command: echo, args: ['hi'] ${extra} }
`;

let toolset: Toolset;
beforeEach(() => {
  toolset = new Toolset({ launcher: directLauncher(), recorder: { start: () => ({ end: () => {} }) } });
});

async function apply(yaml: string): Promise<void> {
  toolset.apply(toolset.plan(await values(yaml)));
}

const builtIn = builtInTools.map(({ name }) => name);
const enabled = (): string[] => toolset.registry.list({ enabledOnly: true }).map(({ name }) => name);

describe('the set of tools', () => {
  test('holds the built-in tools and the declared ones', async () => {
    await apply(shout());
    expect(enabled()).toEqual([...builtIn, 'shout']);
  });

  test('fits the shipped tools under ceilings that are lower than what they would take', async () => {
    await apply('security: { concurrencyLimit: 2, timeoutSeconds: 3 }\ntool: { defaultTimeout: 3 }\n');
    const probe = toolset.registry.get('http_probe');
    expect(probe?.limits).toMatchObject({ concurrency: 2, timeoutMs: 3000 });
  });

  test('keeps the instance of a tool whose settings did not change, and replaces the one whose did', async () => {
    await apply(shout());
    const [before, probe] = [toolset.registry.get('shout'), toolset.registry.get('http_probe')];
    await apply(shout(', timeout: 7s'));
    expect(toolset.registry.get('shout')).not.toBe(before);
    expect(toolset.registry.get('shout')?.limits.timeoutMs).toBe(7000);
    expect(toolset.registry.get('http_probe')).toBe(probe);
  });

  test('replaces a declared tool when the length of its arguments changes', async () => {
    const flagged = shout()
      .replace("args: ['hi']", "args: ['{extraArgs}']")
      .replace('Prints,', 'Prints, flags: {-n: none},');
    await apply(flagged);
    const before = toolset.registry.get('shout');
    await apply(`${flagged}\nsecurity: { maxArgsLength: 7 }`);
    expect(toolset.registry.get('shout')).not.toBe(before);
  });

  test('names the tool of a module that asks for more than a ceiling', async () => {
    const greedy = { ...builtInTools[0]!, name: 'greedy', limits: { concurrency: 9 } };
    toolset = new Toolset({
      launcher: directLauncher(),
      recorder: { start: () => ({ end: () => {} }) },
      moduleTools: [greedy],
    });
    await expect(apply('security: { concurrencyLimit: 2 }')).rejects.toThrow('modules: greedy: concurrency is 9');
  });

  test('takes a tool out that is no longer declared', async () => {
    await apply(shout());
    await apply('presets: []');
    expect(toolset.registry.get('shout')).toBeUndefined();
  });

  test('leaves out what is excluded, also when it is included by name, and no one can switch it on', async () => {
    await apply(`${shout()}\ntool: { includePatterns: ['*'], excludePatterns: [s*] }`);
    expect(enabled()).toEqual(builtIn.filter((name) => !name.startsWith('s')));
    expect(toolset.switch('shout', true)).toBe('excluded');
    expect(enabled()).not.toContain('shout');
  });

  test('offers only what is included', async () => {
    await apply(`${shout()}\ntool: { includePatterns: [shout] }`);
    expect(enabled()).toEqual(['shout']);
  });

  test('remembers what was switched off over a reload that changes the tool', async () => {
    await apply(shout());
    expect(toolset.switch('shout', false)).toBe('done');
    await apply(shout(', timeout: 7s'));
    expect(enabled()).not.toContain('shout');
    toolset.switch('shout', true);
    await apply(shout(', timeout: 8s'));
    expect(enabled()).toContain('shout');
  });

  test('refuses a plan with every problem and the path of each, and changes nothing', async () => {
    await apply(shout());
    const { version } = toolset.registry;
    const bad = await values(`
tools:
  http_probe: { description: Twice, command: echo, args: [] }
  tcp_check: { description: Twice, command: echo, args: [] }
`);
    let veto: unknown;
    try {
      toolset.plan(bad);
    } catch (error) {
      veto = error;
    }
    expect(veto).toBeInstanceOf(ConfigVetoError);
    expect((veto as ConfigVetoError).problems.map(({ path }) => path.join('.'))).toEqual([
      'tools.http_probe',
      'tools.tcp_check',
    ]);
    expect(toolset.registry.version).toBe(version);
  });
});

describe('the names of the tools that follow jobs', () => {
  const named = (job: string): string => shout(job).replace('shout:', 'execution_status:');

  test('are refused for other tools while a tool has jobs, and for an upstream that would make them', async () => {
    await expect(apply(named(', job: auto'))).rejects.toThrow('is the name of a tool that the server offers');
    const upstreams = 'upstreams: { execution: { url: "https://mcp.example.com/mcp" } }';
    await expect(apply(shout(', job: auto') + upstreams)).rejects.toThrow(ConfigVetoError);
  });

  test('are free while no tool has jobs', async () => {
    await apply(named(''));
    expect(enabled()).toContain('execution_status');
  });
});
