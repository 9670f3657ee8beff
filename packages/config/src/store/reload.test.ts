import { describe, expect, test, vi } from 'vitest';
import { ConfigStore } from './config-store.ts';
import type { ReloadSucceeded } from './reload-result.ts';
import { defineConfig } from '../define-config.ts';
import { ConfigVetoError } from '../describe/problems.ts';
import { boolean } from '../fields/word-fields.ts';
import { resetSharedConfig, sharedConfig } from './shared-config.ts';
import { sampleDefinition } from '../test-support/sample-definition.ts';
import { loadSample, loadError, yaml } from '../test-support/sample-store.ts';

describe('reload', () => {
  test('replaces the snapshot and reports what changed', async () => {
    const source = yaml('tool: {defaultTimeout: 10}');
    await using store = await loadSample('', { source });
    const before = store.snapshot;
    source.set('tool: {defaultTimeout: 20s, excludePatterns: [curl*]}');
    expect(await store.reload()).toEqual({
      ok: true,
      version: 2,
      restartRequired: [],
      changes: [
        { path: ['tool', 'excludePatterns'], kind: 'changed', from: [], to: ['curl*'] },
        { path: ['tool', 'defaultTimeout'], kind: 'changed', from: 10, to: 20 },
      ],
    });
    expect(before.values.tool.defaultTimeout).toBe(10);
    expect(store.snapshot.version).toBe(2);
    expect(store.snapshot.values.tool.defaultTimeout).toBe(20);
    expect(Object.isFrozen(store.snapshot.values.security.allowedTargets)).toBe(true);
  });

  test('an invalid file keeps the last valid configuration, emits one event and is counted', async () => {
    const source = yaml('tool: {defaultTimeout: 10}');
    await using store = await loadSample('', { source });
    const before = store.snapshot;
    const rejected = vi.fn<(details: { message: string }) => void>();
    store.on('rejected', rejected);
    source.set('tool: {defaultTimeout: ten}');
    expect(await store.reload()).toMatchObject({ ok: false, problems: [{ path: ['tool', 'defaultTimeout'] }] });
    expect(store.snapshot).toBe(before);
    expect(rejected).toHaveBeenCalledOnce();
    expect(rejected.mock.calls[0]?.[0].message).toContain('config.yaml:1:24');
    expect(store.statistics).toMatchObject({ version: 1, reloads: 1, rejected: 1, problems: 1 });
  });

  test('nothing is reported when nothing changed, but places are updated', async () => {
    const source = yaml('server: {port: 1}');
    await using store = await loadSample('', { source });
    const reloaded = vi.fn<(details: ReloadSucceeded) => void>();
    store.on('reloaded', reloaded);
    source.set('# a line\nserver: {port: 1}');
    expect(await store.reload()).toMatchObject({ ok: true, version: 1, changes: [] });
    expect(store.snapshot.origin('server.port')).toMatchObject({ line: 2 });
    expect(reloaded).not.toHaveBeenCalled();
  });

  test('1000 reloads, 30 % of them invalid: one event each, and the last valid configuration stays', async () => {
    const bad = [
      'server: {port: 99999}',
      'server: [',
      '',
      '# nothing',
      'a: &a [*a]',
      'server: {}\nserver: {}',
      `x: ${'y'.repeat(1000)}`,
      '\u0000',
      'tool: {defaultTimeout: 400}',
      '- 1',
    ];
    const source = yaml('tool: {defaultTimeout: 1}');
    await using store = await loadSample('', { source });
    const counts = { reloaded: 0, rejected: 0 };
    store.on('reloaded', () => (counts.reloaded += 1));
    store.on('rejected', () => (counts.rejected += 1));
    let good = 1;
    for (let round = 0; round < 1000; round += 1) {
      const isBad = round % 10 < 3;
      if (!isBad) good = 1 + (round % 250);
      source.set(isBad ? (bad[round % bad.length] ?? '') : `tool: {defaultTimeout: ${good}}`);
      expect((await store.reload()).ok).toBe(!isBad);
      expect(store.snapshot.values.tool.defaultTimeout).toBe(good);
    }
    expect(counts).toEqual({ reloaded: 700, rejected: 300 });
    expect(store.statistics).toMatchObject({ reloads: 1000, rejected: 300, version: 701 });
  });

  test('readers never see parts of two configurations', async () => {
    const source = yaml('tool: {defaultTimeout: 1, defaultConcurrency: 1}');
    await using store = await loadSample('', { source });
    let reads = 0;
    for (let round = 2; round <= 100; round += 1) {
      source.set(`tool: {defaultTimeout: ${round}, defaultConcurrency: ${round}}`);
      const state = { done: false };
      const reload = store.reload().finally(() => (state.done = true));
      do {
        for (let read = 0; read < 500; read += 1) {
          const { tool } = store.snapshot.values;
          if (tool.defaultTimeout !== tool.defaultConcurrency) throw new Error('a torn snapshot');
          reads += 1;
        }
        await Promise.resolve();
      } while (!state.done);
      await reload;
    }
    expect(reads).toBeGreaterThan(100_000);
  });

  test('snapshots are read-only', async () => {
    await using store = await loadSample('{}');
    expect(() => {
      // @ts-expect-error nor does the compiler let it happen
      store.snapshot.values.server.port = 1;
    }).toThrow(TypeError);
  });

  test('reload, update and save never overlap', async () => {
    const source = yaml('tool: {defaultTimeout: 1}');
    let inside = 0;
    const subscribers = [
      {
        name: 'slow',
        check: async () => {
          inside += 1;
          expect(inside).toBe(1);
          await Promise.resolve();
          inside -= 1;
        },
      },
    ];
    await using store = await loadSample('', { source, subscribers });
    const runs = Array.from({ length: 20 }, (_, index) => store.update({ tool: { defaultTimeout: 2 + index } }));
    await Promise.all([...runs, store.reload(), store.save()]);
    expect(store.snapshot.values.tool.defaultTimeout).toBe(21);
  });
});

describe('subscribers', () => {
  test('a veto keeps the old configuration, and its paths get file, line and column', async () => {
    const source = yaml('tools: {}');
    await using store = await loadSample('', { source });
    store.subscribe({
      name: 'lint',
      check: () => {
        throw new ConfigVetoError([
          { path: ['tools', 'ping', 'command'], message: 'ping is not installed', suggestion: 'install it' },
          { path: ['tools', 'ping', 'args', '1'], message: 'no parameter is named {x}' },
        ]);
      },
    });
    source.set('tools:\n  ping:\n    description: d\n    command: ping\n    args: [a, "{x}"]\n');
    const result = await store.reload();
    expect(result).toMatchObject({
      ok: false,
      problems: [
        { rule: 'veto', message: 'ping is not installed', suggestion: 'install it', origin: { line: 4, column: 14 } },
        { origin: { line: 5, column: 15 } },
      ],
    });
    expect(store.snapshot.values.tools).toEqual({});
  });

  test('a veto at the load rejects it', async () => {
    const subscribers = [
      {
        name: 'lint',
        check: () => {
          throw new ConfigVetoError([{ path: ['server', 'port'], message: 'taken' }]);
        },
      },
    ];
    const error = await loadError('server: {port: 1}', { subscribers });
    expect(error.message).toContain('config.yaml:1:16: taken');
  });

  test('all vetoes are reported, also when another subscriber throws another error', async () => {
    const source = yaml('{}');
    await using store = await loadSample('', { source });
    const veto = (name: string, error: Error) => ({
      name,
      check: () => {
        throw error;
      },
    });
    store.subscribe(veto('one', new ConfigVetoError([{ path: ['tool'], message: 'no' }])));
    store.subscribe(veto('two', new Error('broken')));
    source.set('tool: {defaultTimeout: 5}');
    const result = await store.reload();
    expect(result.ok ? [] : result.problems.map(({ message }) => message)).toEqual([
      'no',
      'two could not check it: broken',
    ]);
  });

  test('when one fails to apply, the snapshot and the subscribers before it are rolled back', async () => {
    const source = yaml('tool: {defaultTimeout: 1}');
    await using store = await loadSample('', { source });
    const log: string[] = [];
    store.subscribe({
      name: 'a',
      apply: (next, previous) => void log.push(`${previous.tool.defaultTimeout}->${next.tool.defaultTimeout}`),
    });
    store.subscribe({
      name: 'b',
      apply: () => {
        throw new Error('port taken');
      },
    });
    source.set('tool: {defaultTimeout: 2}');
    expect(await store.reload()).toMatchObject({
      ok: false,
      problems: [{ message: 'b could not apply it: port taken' }],
    });
    expect(log).toEqual(['1->2', '2->1']);
    expect(store.snapshot).toMatchObject({ version: 1, values: { tool: { defaultTimeout: 1 } } });
  });

  test('a disposed subscription is not called', async () => {
    const source = yaml('{}');
    await using store = await loadSample('', { source });
    const check = vi.fn<() => void>();
    store.subscribe({ name: 'x', check })[Symbol.dispose]();
    source.set('tool: {defaultTimeout: 5}');
    await store.reload();
    expect(check).not.toHaveBeenCalled();
  });
});

describe('keys that need a restart', () => {
  test('keep their running value and are reported until the file agrees again', async () => {
    const source = yaml('server: {port: 1}');
    await using store = await loadSample('', { source });
    source.set('server: {port: 2}\ntool: {defaultTimeout: 5}');
    expect(await store.reload()).toMatchObject({
      ok: true,
      restartRequired: ['server.port'],
      changes: [{ path: ['tool', 'defaultTimeout'] }],
    });
    expect(store.snapshot.values.server.port).toBe(1);
    expect(store.statistics.restartRequired).toEqual(['server.port']);
    source.set('server: {port: 1}');
    expect(await store.reload()).toMatchObject({ ok: true, restartRequired: [] });
  });

  test('are not reported when only their spelling or place changed', async () => {
    const source = yaml('{}');
    await using store = await loadSample('', { source });
    source.set('server: {port: 8080}\ndatabase: {pool_timeout: 30s}');
    expect(await store.reload()).toMatchObject({ ok: true, restartRequired: [], changes: [] });
    expect(store.snapshot.origin('server.port')).toMatchObject({ line: 1, column: 16 });
  });

  test('rules between keys apply to the combination of old and new values', async () => {
    const definition = defineConfig(
      {
        open: boolean({ doc: 'Reachable from outside.', default: false, reload: 'restart' }),
        guarded: boolean({ doc: 'Asks for a key.', default: true }),
      },
      {
        title: 'Listener',
        envPrefix: 'LISTENER',
        check: ({ open, guarded }) =>
          open && !guarded ? [{ path: ['guarded'], message: 'must be true while open' }] : [],
      },
    );
    const source = yaml('open: true');
    await using store = await ConfigStore.load({ definition, source });
    source.set('open: false\nguarded: false');
    expect(await store.reload()).toMatchObject({
      ok: false,
      problems: [
        {
          message: 'guarded must be true while open (until a restart, open keeps its running value)',
          origin: { line: 2 },
        },
      ],
    });
    expect(store.snapshot.values).toEqual({ open: true, guarded: true });
  });
});

describe('update', () => {
  test('rejects values that are no plain objects, and later reloads still work', async () => {
    await using store = await loadSample('{}');
    const own: Record<string, unknown> = {};
    own['security'] = { apiKey: own };
    await expect(store.update(own)).rejects.toThrow('contain themselves');
    await expect(store.update(['tool'])).rejects.toThrow('a plain object');
    expect(await store.reload()).toMatchObject({ ok: true, version: 1 });
  });

  test('changes a key in memory under the same rules', async () => {
    await using store = await loadSample('tool: {defaultTimeout: 5}');
    expect(await store.update({ tool: { defaultTimeout: 9 } })).toMatchObject({ ok: true, version: 2 });
    expect(store.snapshot.origin('tool.defaultTimeout')).toEqual({ source: 'memory', name: 'update()' });
    expect(await store.update({ tool: { defaultTimeout: 'x' } })).toMatchObject({ ok: false });
    expect(store.snapshot.values.tool.defaultTimeout).toBe(9);
  });

  test('rejects a key that the environment sets', async () => {
    await using store = await loadSample('{}', { env: { MCP_TOOL_DEFAULT_TIMEOUT: '7' } });
    expect(await store.update({ tool: { defaultTimeout: 9 } })).toMatchObject({
      ok: false,
      problems: [{ rule: 'overridden', message: expect.stringContaining('MCP_TOOL_DEFAULT_TIMEOUT') as string }],
    });
  });
});

describe('shared configuration', () => {
  test('is loaded once for a file, again with forceNew, and removed by reset', async () => {
    const options = { definition: sampleDefinition, source: yaml('{}') };
    const first = await sharedConfig(options);
    expect(await sharedConfig(options)).toBe(first);
    expect(await sharedConfig({ ...options, source: yaml('{}') })).not.toBe(first);
    const second = await sharedConfig({ ...options, forceNew: true });
    expect(second).not.toBe(first);
    expect(await sharedConfig(options)).toBe(second);
    await resetSharedConfig();
    expect(await sharedConfig(options)).not.toBe(second);
    await resetSharedConfig();
  });

  test('a failed load is retried by the next call', async () => {
    const source = yaml('[');
    const options = { definition: sampleDefinition, source };
    await expect(sharedConfig(options)).rejects.toThrow('not valid YAML');
    source.set('{}');
    expect((await sharedConfig(options)).snapshot.version).toBe(1);
    await resetSharedConfig();
  });
});
