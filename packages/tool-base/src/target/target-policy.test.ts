import { networkInterfaces } from 'node:os';
import { describe, expect, test, vi } from 'vitest';
import type { Resolver } from './host-lookups.ts';
import { TargetPolicy, type TargetCheckOptions, type TargetPolicyOptions } from './target-policy.ts';
import type { TargetKind } from './target-kind.ts';

/** A policy whose names all have the given addresses. */
function policy(options: Partial<TargetPolicyOptions> = {}, answers: readonly string[] = ['10.0.0.9']): TargetPolicy {
  return new TargetPolicy({ allowed: ['RFC1918', '.lab.internal'], resolver: async () => answers, ...options });
}

async function verdict(
  checked: TargetPolicy,
  kind: TargetKind,
  text: unknown,
  options?: TargetCheckOptions,
): Promise<string> {
  try {
    await checked.check(kind, text, options);
    return 'accepted';
  } catch (error) {
    return (error as { type: string }).type;
  }
}

describe('kinds', () => {
  test.each<[TargetKind, readonly string[], readonly string[]]>([
    ['ip', ['10.0.0.1', '172.31.255.255', '192.168.0.0'], ['web.lab.internal', '10.0.0.0/24', 'http://10.0.0.1/']],
    ['host', ['web.lab.internal', 'WEB.LAB.INTERNAL'], ['10.0.0.1', '10.0.0.0/24', 'http://web.lab.internal/']],
    ['ip_or_host', ['10.0.0.1', 'web.lab.internal'], ['10.0.0.0/24', 'http://10.0.0.1/']],
    ['cidr', ['10.0.0.0/8', '10.0.0.1/32', '192.168.1.128/25'], ['10.0.0.1', 'web.lab.internal']],
    ['url', ['http://10.0.0.1/', 'https://web.lab.internal:8443/x'], ['10.0.0.1', 'web.lab.internal', '10.0.0.0/24']],
    ['none', [], ['10.0.0.1', '']],
  ])('%s takes its own form only', async (kind, good, bad) => {
    for (const text of good) expect([text, await verdict(policy(), kind, text)]).toEqual([text, 'accepted']);
    for (const text of bad) expect([text, await verdict(policy(), kind, text)]).toEqual([text, 'validation_error']);
  });

  test.each([undefined, null, 10.1, true, ['10.0.0.1'], { toString: () => '10.0.0.1' }, Object('10.0.0.1')])(
    'a value that is no string is refused, whatever it would look like as one',
    async (value) => {
      for (const kind of ['ip', 'host', 'ip_or_host', 'cidr', 'url'] as const) {
        expect(await verdict(policy(), kind, value)).toBe('validation_error');
      }
    },
  );

  test('the checked target carries the text unchanged, and what was found in it', async () => {
    expect(await policy().check('url', 'http://Web.lab.internal:81/x')).toEqual({
      text: 'http://Web.lab.internal:81/x',
      kind: 'url',
      host: 'Web.lab.internal',
      port: 81,
      address: '10.0.0.9',
      addresses: ['10.0.0.9'],
    });
    expect(await policy().check('ip_or_host', '10.0.0.1')).toEqual({
      text: '10.0.0.1',
      kind: 'ip',
      host: '10.0.0.1',
      address: '10.0.0.1',
      addresses: ['10.0.0.1'],
    });
    expect(await policy().check('cidr', '10.0.0.0/24')).toEqual({ text: '10.0.0.0/24', kind: 'cidr', addresses: [] });
  });

  test('a refusal says what is allowed', async () => {
    await expect(policy().check('ip', '8.8.8.8')).rejects.toMatchObject({
      message: 'The target is outside the allowed targets.',
      suggestion: 'Use a target within: RFC1918, .lab.internal.',
    });
  });
});

describe('the allowed list', () => {
  test('RFC1918 is exactly three networks', async () => {
    const outside = [
      '9.255.255.255',
      '11.0.0.0',
      '172.15.255.255',
      '172.32.0.0',
      '192.167.255.255',
      '192.169.0.0',
      '100.64.0.1',
    ];
    for (const text of outside) expect([text, await verdict(policy(), 'ip', text)]).toEqual([text, 'validation_error']);
  });

  test('an empty list allows nothing', async () => {
    expect(await verdict(policy({ allowed: [] }), 'ip', '10.0.0.1')).toBe('validation_error');
    expect(await verdict(policy({ allowed: [] }), 'host', 'web.lab.internal')).toBe('validation_error');
  });

  test('a suffix stands for whole labels below it, not for the name itself', async () => {
    const bad = [
      'lab.internal',
      'xlab.internal',
      'web.lab.internal.evil.example',
      'web.lab.internal.',
      'web_1.lab.internal',
      'weblab.internal',
    ];
    for (const text of bad) expect([text, await verdict(policy(), 'host', text)]).toEqual([text, 'validation_error']);
    expect(await verdict(policy(), 'host', 'localhost.lab.internal')).toBe('accepted');
  });

  test('an exact host stands for itself alone, even as a single label', async () => {
    const exact = policy({ allowed: ['RFC1918', 'db', 'Api.example'] });
    expect(await verdict(exact, 'host', 'db')).toBe('accepted');
    expect(await verdict(exact, 'host', 'api.EXAMPLE')).toBe('accepted');
    expect(await verdict(exact, 'host', 'x.api.example')).toBe('validation_error');
  });

  test('a network must lie in one allowed network as a whole', async () => {
    for (const text of ['8.0.0.0/5', '0.0.0.0/0', '172.0.0.0/8', '192.0.0.0/8']) {
      expect([text, await verdict(policy(), 'cidr', text)]).toEqual([text, 'validation_error']);
    }
    expect(await verdict(policy(), 'cidr', '10.0.0.0/16', { maxAddresses: 65_536 })).toBe('accepted');
    expect(await verdict(policy(), 'cidr', '10.0.0.0/15', { maxAddresses: 65_536 })).toBe('validation_error');
  });

  test('IPv6 is refused until an IPv6 network is listed', async () => {
    expect(await verdict(policy(), 'ip', 'fd00::1')).toBe('validation_error');
    const six = policy({ allowed: ['fd00::/8', '::/0'] });
    expect(await verdict(six, 'ip', 'fd00::1')).toBe('accepted');
    expect(await verdict(six, 'ip', 'fd00:0::1')).toBe('validation_error');
    expect(await verdict(six, 'cidr', 'fd00:1::/32')).toBe('accepted');
  });

  test.each([
    '::ffff:a00:1',
    '::ffff:0:a00:1',
    '::a00:1',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    '2001::1',
    'fd00::5efe:a00:1',
  ])('%s hides an IPv4 address, so it is refused even when listed', async (text) => {
    expect(await verdict(policy({ allowed: ['::/0', `${text}/128`] }), 'ip', text)).toBe('validation_error');
  });

  test.each([
    'rfc1918',
    '10.0.0.1/8',
    '10.1',
    '*.lab.internal',
    '.',
    '.lab_internal',
    'lab.internal.',
    '',
    ' 10.0.0.0/8',
    '0x7f.1',
  ])('the entry %j is an error that names it', (entry) => {
    expect(() => policy({ allowed: [entry] })).toThrow(JSON.stringify(entry));
    expect(() => policy({ denied: [entry] })).toThrow(/^Denied/);
  });
});

describe('the denied list', () => {
  test('wins over the allowed list, for addresses, networks, names and answers', async () => {
    const denying = (answers: readonly string[]): TargetPolicy =>
      policy({
        denied: ['10.9.0.0/16', 'secret.lab.internal', '.prod.lab.internal'],
        resolver: async (host) => (host === 'secret.lab.internal' ? ['10.0.0.1'] : answers),
      });
    expect(await verdict(denying(['10.0.0.9']), 'ip', '10.9.1.1')).toBe('validation_error');
    expect(await verdict(denying(['10.0.0.9']), 'cidr', '10.0.0.0/8')).toBe('validation_error');
    expect(await verdict(denying(['10.0.0.9']), 'host', 'Secret.lab.internal')).toBe('validation_error');
    expect(await verdict(denying(['10.0.0.9']), 'host', 'db.prod.lab.internal')).toBe('validation_error');
    expect(await verdict(denying(['10.9.0.1']), 'host', 'web.lab.internal')).toBe('validation_error');
    expect(await verdict(denying(['10.0.0.9']), 'host', 'web.lab.internal')).toBe('accepted');
  });

  test.each(['127.0.0.1', '169.254.169.254', '0.0.0.0', '224.0.0.1', '255.255.255.255'])(
    '%s stays closed although everything is allowed',
    async (text) => {
      expect(await verdict(policy({ allowed: ['0.0.0.0/0'] }), 'ip', text)).toBe('validation_error');
    },
  );

  test('a reserved range opens only by an entry of its own, and only that far', async () => {
    const opened = policy({ allowed: ['0.0.0.0/0', '169.254.169.254', 'loopback'] });
    expect(await verdict(opened, 'ip', '169.254.169.254')).toBe('accepted');
    expect(await verdict(opened, 'ip', '169.254.169.253')).toBe('validation_error');
    expect(await verdict(opened, 'ip', '127.1.2.3')).toBe('accepted');
    expect(await verdict(opened, 'ip', '::1')).toBe('accepted');
  });

  test("this machine's own addresses are refused unless one is listed by itself", async () => {
    const own = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .find((info) => !info.internal && info.family === 'IPv4')?.address;
    if (own === undefined) return;
    expect(await verdict(policy({ allowed: ['0.0.0.0/0'] }), 'ip', own)).toBe('validation_error');
    expect(await verdict(policy({ allowed: ['0.0.0.0/0', own] }), 'ip', own)).toBe('accepted');
    expect(await verdict(policy({ allowed: ['0.0.0.0/0'], denyOwnAddresses: false }), 'ip', own)).toBe('accepted');
  });
});

describe('names', () => {
  test.each([
    ['one public answer among good ones', ['10.0.0.9', '8.8.8.8']],
    ['loopback', ['127.0.0.1']],
    ['a mapped address', ['::ffff:10.0.0.9']],
    ['IPv6 that is not listed', ['10.0.0.9', 'fd00::1']],
    ['an answer that is no address', ['10.0.0.9', 'evil']],
    ['no answer', []],
  ])('a name with %s is refused', async (_, answers) => {
    expect(await verdict(policy({}, answers), 'host', 'web.lab.internal')).toBe('validation_error');
    expect(await verdict(policy({}, answers), 'url', 'http://web.lab.internal/')).toBe('validation_error');
    expect(await verdict(policy({}, answers), 'host', 'web.lab.internal', { resolve: 'check' })).toBe(
      'validation_error',
    );
  });

  test('pin gives one checked address, IPv4 first; check gives none; off resolves nothing', async () => {
    const resolver = vi.fn<Resolver>(async () => ['fd00:0::1', '10.0.0.9', '10.0.0.8']);
    const asked = policy({ allowed: ['RFC1918', 'fd00::/8', '.lab.internal'], resolver });
    const addresses = ['fd00::1', '10.0.0.9', '10.0.0.8'];
    expect(await asked.check('host', 'a.lab.internal')).toMatchObject({ address: '10.0.0.9', addresses });
    const checked = await asked.check('host', 'a.lab.internal', { resolve: 'check' });
    expect(checked).toMatchObject({ addresses });
    expect(checked).not.toHaveProperty('address');
    expect(resolver).toHaveBeenCalledTimes(2);
    expect(await asked.check('host', 'a.lab.internal', { resolve: 'off' })).toMatchObject({ addresses: [] });
    expect(resolver).toHaveBeenCalledTimes(2);
  });

  test('a refused name is never resolved', async () => {
    const resolver = vi.fn<Resolver>();
    for (const text of ['evil.example', '8.8.8.8', '\uff11\uff10.0.0.1', '10.1']) {
      expect(await verdict(policy({ resolver }), 'ip_or_host', text)).toBe('validation_error');
    }
    expect(resolver).not.toHaveBeenCalled();
  });

  test('an unknown name is a validation_error, a failing resolver a tool_error', async () => {
    const failing = (code: string): TargetPolicy =>
      policy({ resolver: async () => Promise.reject(Object.assign(new Error('dns'), { code })) });
    expect(await verdict(failing('ENOTFOUND'), 'host', 'web.lab.internal')).toBe('validation_error');
    expect(await verdict(failing('EAI_AGAIN'), 'host', 'web.lab.internal')).toBe('tool_error');
  });

  test('a look-up ends when the caller cancels', async () => {
    const caller = new AbortController();
    const stuck = policy({ resolver: () => new Promise(() => undefined) });
    const result = verdict(stuck, 'host', 'web.lab.internal', { signal: caller.signal });
    caller.abort();
    expect(await result).toBe('tool_error');
  });

  test('the system resolver finds localhost where loopback is allowed', async () => {
    const { address } = await new TargetPolicy({ allowed: ['loopback'] }).check('host', 'localhost');
    expect(address).toBe('127.0.0.1');
  });
});
