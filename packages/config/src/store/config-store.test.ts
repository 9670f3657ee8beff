import { describe, expect, test } from 'vitest';
import { ConfigError, ConfigStore, ConfigVetoError, MemorySource } from '../index.ts';
import { sampleDefinition } from '../test-support/sample-definition.ts';

describe('layers', () => {
  test('the command line beats the environment, which beats the file, which beats the defaults', async () => {
    const definition = sampleDefinition;
    const source = new MemorySource('server: {port: 1000, host: 127.0.0.2, maxConnections: 7}', 'config.yaml');
    const env = { MCP_SERVER_PORT: '2000', MCP_SERVER_HOST: '127.0.0.3' };
    const flags = [{ path: 'server.port', flag: '--port', value: '3000' }];
    await using store = await ConfigStore.load({ definition, source, env, flags });
    const { server } = store.snapshot.values;
    expect(server).toMatchObject({ port: 3000, host: '127.0.0.3', maxConnections: 7, workers: 1 });
    expect(store.snapshot.origin('server.port')).toEqual({ source: 'flag', flag: '--port' });
    expect(store.snapshot.origin('server.host')).toEqual({ source: 'environment', variable: 'MCP_SERVER_HOST' });
    expect(store.snapshot.origin('server.maxConnections')).toMatchObject({ line: 1, column: 55 });
    expect(store.snapshot.origin('server.workers')).toEqual({ source: 'default' });
  });

  test('every problem of every layer is reported at once', async () => {
    const source = new MemorySource('server: {port: 99999, prot: 1}', 'config.yaml');
    const env = { MCP_SERVER_WORKERS: 'many' };
    const error = await ConfigStore.load({ definition: sampleDefinition, source, env }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).problems.map(({ path }) => path.join('.'))).toEqual([
      'server.port',
      'server.prot',
      'server.workers',
    ]);
  });

  test('vetoes are reported together with the problems of other values', async () => {
    const text =
      'server: {port: 99999, host: taken}\ntools:\n  a: {description: a, command: missing}\n  b: {command: 1}\n';
    const source = new MemorySource(text, 'config.yaml');
    const veto = (path: string[], message: string) => ({ path, message });
    const subscribers = [
      {
        name: 'machine',
        check: () => {
          throw new ConfigVetoError([
            veto(['server', 'host'], 'is taken'),
            veto(['server', 'port'], 'is about the default'),
            veto(['server', 'workers'], 'is about a default too'),
            veto(['tools', 'a', 'command'], 'is not installed'),
            veto(['tools', 'b'], 'is about an entry that is left out'),
            veto(['server'], 'is about several keys'),
          ]);
        },
      },
    ];
    const error: unknown = await ConfigStore.load({ definition: sampleDefinition, source, subscribers }).catch(
      (reason: unknown) => reason,
    );
    expect((error as ConfigError).problems.map(({ path, rule }) => `${path.join('.')} ${rule}`)).toEqual([
      'server.port max_value',
      'server.host veto',
      'tools.a.command veto',
      'tools.b.description required',
      'tools.b.command string',
    ]);
  });
});
