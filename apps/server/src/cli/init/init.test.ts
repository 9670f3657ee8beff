import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { ConfigStore, MemorySource } from '@mcp/config';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { serverConfigDefinition } from '../../configuration/server-definition.ts';
import { renderConfiguration } from './configuration-text.ts';
import { writeConfiguration } from './init.ts';
import { detectEnvironment, ownNetworks, type MachineFacts } from './machine-facts.ts';

const facts: MachineFacts = {
  presets: [
    { name: 'ping', program: 'ping', installed: true, intrusive: false },
    { name: 'curl_head', program: 'curl', installed: false, intrusive: false },
    { name: 'nmap_discovery', program: 'nmap', installed: true, intrusive: true },
  ],
  networks: [{ cidr: '10.20.0.0/16', interface: 'eth0' }],
  port: 8099,
  schema: 'node_modules/@mcp/server/schema/server-config.schema.json',
};
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'init-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('the text', () => {
  test.each([
    ['as it is', (text: string) => text],
    ['with every suggestion taken', uncommented],
  ])('is a configuration that loads without a remark, %s', async (_, changed) => {
    const source = new MemorySource(changed(renderConfiguration(facts)));
    await using store = await ConfigStore.load({ definition: serverConfigDefinition, file: 'config.yaml', source });
    expect(store.notices).toEqual([]);
    expect(store.snapshot.values.server.port).toBe(8099);
    expect(store.snapshot.values.presets).toEqual(['ping']);
  });

  test('names the networks of this machine, what is installed and what is not', () => {
    const text = renderConfiguration(facts);
    expect(text).toContain('10.20.0.0/16');
    expect(text).toContain('# Not installed on this machine: curl_head (curl).');
    expect(text).not.toContain('nmap_discovery');
  });

  test('leaves the presets to the machine where none is installed', async () => {
    const text = renderConfiguration({ ...facts, presets: [], networks: [] });
    const source = new MemorySource(text);
    await using store = await ConfigStore.load({ definition: serverConfigDefinition, file: 'config.yaml', source });
    expect(store.snapshot.values.presets).toBeUndefined();
  });

  test('tells editors where the schema is, in its first line', () => {
    expect(renderConfiguration(facts).split('\n', 1)[0]).toBe(`# yaml-language-server: $schema=${facts.schema}`);
  });
});

describe('the file', () => {
  test('is readable by its owner only', async () => {
    const file = join(folder, 'config.yaml');
    expect(await writeConfiguration(file, 'npx mcp-server')).toContain(`npx mcp-server doctor --config ${file}`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('is never written over another', async () => {
    const file = join(folder, 'config.yaml');
    writeFileSync(file, 'mine');
    await expect(writeConfiguration(file)).rejects.toThrow('already exists');
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  test('needs its folder', async () => {
    await expect(writeConfiguration(join(folder, 'gone', 'config.yaml'))).rejects.toThrow('does not exist');
  });
});

describe('looking around', () => {
  test('finds the schema of the installed package above the file, so that the project can be moved', async () => {
    const schema = join(folder, 'node_modules/@mcp/server/schema/server-config.schema.json');
    mkdirSync(dirname(schema), { recursive: true });
    writeFileSync(schema, '{}');
    mkdirSync(join(folder, 'etc'));
    const found = await detectEnvironment(join(folder, 'etc', 'config.yaml'));
    expect(found.schema).toBe('../node_modules/@mcp/server/schema/server-config.schema.json');
  });

  test('falls back to the schema that this server was installed with', async () => {
    const { schema } = await detectEnvironment(join(folder, 'config.yaml'));
    expect(JSON.parse(readFileSync(schema, 'utf8'))).toHaveProperty('$schema');
  });

  test('takes the networks of interfaces that lead somewhere', () => {
    const base = { mac: '00:00:00:00:00:00', netmask: '255.255.240.0' };
    const networks = ownNetworks({
      lo: [{ ...base, family: 'IPv4', internal: true, address: '127.0.0.1', cidr: '127.0.0.1/8' }],
      eth0: [
        { ...base, family: 'IPv4', internal: false, address: '10.20.33.7', cidr: '10.20.33.7/20' },
        { ...base, family: 'IPv6', internal: false, address: 'fe80::1', cidr: 'fe80::1/64', scopeid: 2 },
      ],
      tun0: [{ ...base, family: 'IPv4', internal: false, address: '10.9.9.9', cidr: '10.9.9.9/32' }],
      down0: undefined,
    });
    expect(networks).toEqual([{ cidr: '10.20.32.0/20', interface: 'eth0' }]);
  });
});

/** Every commented key and list item becomes a live one; prose, which starts with a capital or names no key, stays. */
function uncommented(text: string): string {
  return text.replaceAll(
    /^(?<indent> *)# (?<rest> *(?:- \{|[a-z][A-Za-z]*:(?: |$)).*)$/gmu,
    (line, indent: string, rest: string) => (/^(?:url|presets):/u.test(rest) ? line : indent + rest),
  );
}
