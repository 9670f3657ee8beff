/** The presets against what their programs can do, read from the manuals and not from the presets. */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
  callTool,
  defineCommandTool,
  directLauncher,
  lintCommandTool,
  TargetPolicy,
  testTool,
  Tool,
  type CommandToolSpec,
} from '@mcp/tool-base';
import { describe, expect, test, onTestFinished } from 'vitest';

import { PRESET_NAMES } from '../configuration/fields/preset-names.ts';
import { presetSpecs } from './preset.ts';

const specOf = (name: string): CommandToolSpec => presetSpecs.find((spec) => spec.name === name)!;

/**
 * Arguments that neither read nor write a file, set a proxy or another server, follow a redirect, load code or settings, nor
 * start a program. One that is not here has to be looked up before a preset may have it.
 */
const harmless: Readonly<Record<string, string>> = {
  ping: '-n -c -w -W -i -s -4 -q --',
  traceroute: '-n -m -q -w -4 --',
  dig: '-r -q -t +short +noall +answer +tcp',
  whois: '--',
  curl: '-q --globoff --silent --show-error --head --proto --max-redirs --noproxy --resolve -4 --max-time --',
  nmap: '-sT -Pn -n --open -T3 -p --max-retries --',
};

describe.each(presetSpecs.map((spec) => [spec.name, spec] as const))('%s', (_, spec) => {
  test('gives the lint nothing to say', () => {
    expect(lintCommandTool(spec)).toEqual([]);
  });

  test('has no flag beyond the harmless ones of its program', () => {
    const known = harmless[spec.command]?.split(' ');
    const fixed = spec.args.filter((item): item is string => typeof item === 'string' && /^[-+]/u.test(item));
    const flags = [...fixed, ...Object.keys(spec.flags ?? {})];
    expect(flags.filter((flag) => !known?.includes(flag))).toEqual([]);
  });

  test('has its target last, so that nothing a caller sends comes after it', () => {
    expect(spec.args.at(-1)).toBe('{target}');
    expect(spec.args.at(-2)).toBe(spec.command === 'dig' ? '-q' : '--');
  });

  test('is no program that runs others', () => {
    expect(spec.allowInterpreter).toBeUndefined();
  });
});

test('every name that a configuration may list is a preset', () => {
  expect(presetSpecs.map(({ name }) => name)).toEqual(PRESET_NAMES);
});

test('ping has a count and a deadline below its time limit', () => {
  const { args, timeoutMs = 0 } = specOf('ping');
  expect(args[args.indexOf('-c') + 1]).toBe('{count}');
  expect(Number(args[args.indexOf('-w') + 1]) * 1000).toBeLessThan(timeoutMs);
});

describe('curl_head', () => {
  test('is held to its protocols, to one request and to the checked address, whatever the caller adds', async () => {
    const kit = testTool(defineCommandTool({ ...specOf('curl_head'), command: '/bin/echo' }), {
      addresses: { 'web.lab.internal': ['10.1.2.3'] },
    });
    await kit.call({ target: 'https://web.lab.internal/x', extraArgs: '-4 --max-time 5' });
    expect(kit.started[0]?.slice(1).join(' ')).toBe(
      '-q --globoff --silent --show-error --head --proto =http,https --max-redirs 0 --noproxy * ' +
        '--resolve web.lab.internal:443:10.1.2.3 -4 --max-time 5 -- https://web.lab.internal/x',
    );
  });

  test.skipIf(!existsSync('/usr/bin/curl'))(
    'connects to the address that was checked, and asks no resolver again',
    async () => {
      const hosts: (string | undefined)[] = [];
      const web = createServer(({ headers }, response) => {
        hosts.push(headers.host);
        response.end();
      }).listen(0, '127.0.0.1');
      onTestFinished(() => void web.close());
      await once(web, 'listening');
      const { port } = web.address() as AddressInfo;
      await using launcher = directLauncher();
      // Only this resolver knows the name, and it answers with another address the second time.
      const answers = [['127.0.0.1'], ['10.0.0.1']];
      const policy = new TargetPolicy({
        allowed: ['loopback', 'RFC1918', '.lab.internal'],
        resolver: async () => answers.shift() ?? [],
      });
      const tool = new Tool(defineCommandTool(specOf('curl_head')), { policy, launcher });
      const target = `http://Web.lab.internal:${port}/`;
      const result = await callTool(tool, { arguments: { target }, caller: { name: 'test' } });
      expect(result.structured).toMatchObject({ exitCode: 0, address: '127.0.0.1' });
      expect(hosts).toEqual([`Web.lab.internal:${port}`]);
      expect(answers).toHaveLength(1);
    },
  );
});
