import { BlockList } from 'node:net';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { TargetPolicy } from './target-policy.ts';
import type { TargetKind } from './target-kind.ts';

/** The policy's meaning computed by other means: Node's own block list for addresses, plain label comparison for names. */
const networks = [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['203.0.113.64', 26],
] as const;
const denied = [
  ['10.66.0.0', 15],
  ['192.168.7.7', 32],
] as const;
const inside = new BlockList();
for (const [base, prefix] of networks) inside.addSubnet(base, prefix);
const outside = new BlockList();
for (const [base, prefix] of denied) outside.addSubnet(base, prefix);
const isAllowed = (address: string): boolean => inside.check(address) && !outside.check(address);

const policy = new TargetPolicy({
  allowed: ['RFC1918', '203.0.113.64/26', '.lab.internal'],
  denied: ['10.66.0.0/15', '192.168.7.7'],
  denyOwnAddresses: false,
  resolver: async () => ['10.0.0.9'],
});

const accepts = (kind: TargetKind, text: unknown): boolean => {
  try {
    policy.checkText(kind, text);
    return true;
  } catch {
    return false;
  }
};

const octet = fc.oneof(
  fc.nat(255),
  fc.constantFrom(0, 9, 10, 11, 16, 31, 32, 66, 67, 113, 127, 168, 172, 192, 203, 255),
);
const address = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
/** Valid texts with a little damage, where parsers disagree. */
const damaged = fc
  .tuple(
    address,
    fc.nat(20),
    fc.constantFrom('', '0', '.', ' ', '\n', '/', '%', '\u0000', 'x', '\uff11', ':', '@', '-', 'e1'),
  )
  .map(([text, at, damage]) => text.slice(0, at) + damage + text.slice(at));

test('an IPv4 address is accepted exactly when an independent computation finds it inside', () => {
  fc.assert(
    fc.property(address, (text) => {
      expect(accepts('ip', text)).toBe(isAllowed(text));
      expect(accepts('ip_or_host', text)).toBe(isAllowed(text));
      expect(accepts('url', `http://${text}:8080/x`)).toBe(isAllowed(text));
    }),
    { numRuns: 2000 },
  );
});

test('a damaged address is accepted only when it still is the plain text of an allowed address', () => {
  fc.assert(
    fc.property(fc.oneof(damaged, fc.string(), fc.string({ unit: 'binary' })), (text) => {
      const isPlain = /^(?:(?:0|[1-9][0-9]{0,2})\.){3}(?:0|[1-9][0-9]{0,2})$/.test(text);
      expect(accepts('ip', text) && !(isPlain && isAllowed(text))).toBe(false);
    }),
    { numRuns: 3000 },
  );
});

test('an accepted network has all its addresses inside', () => {
  fc.assert(
    fc.property(address, fc.integer({ min: 0, max: 32 }), (base, prefix) => {
      const bits = base.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
      const size = 2 ** (32 - prefix);
      const first = bits - (bits % size);
      const textOf = (number: number): string =>
        [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
      expect(accepts('cidr', `${base}/${prefix}`) && first !== bits).toBe(false);
      if (!accepts('cidr', `${textOf(first)}/${prefix}`)) return;
      for (const part of [0, 0.25, 0.5, 0.75]) expect(isAllowed(textOf(first + Math.floor(size * part)))).toBe(true);
      expect(isAllowed(textOf(first + size - 1))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('an accepted name is made of letters, digits and hyphens and ends in the allowed labels', async () => {
  const label = fc.stringMatching(/^[a-z0-9-]{1,8}$/);
  const name = fc
    .tuple(
      fc.array(label, { maxLength: 3 }),
      fc.constantFrom('lab.internal', 'LAB.Internal', 'internal', 'lab.internal.', 'xlab.internal'),
    )
    .map(([labels, suffix]) => [...labels, suffix].join('.'));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        name,
        fc.string().map((text) => `${text}.lab.internal`),
      ),
      async (text) => {
        if (!accepts('host', text)) return;
        const labels = text.split('.');
        expect(labels.slice(-2).join('.').toLowerCase()).toBe('lab.internal');
        expect(labels.length).toBeGreaterThan(2);
        for (const part of labels) expect(part).toMatch(/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/);
        const checked = await policy.check('host', text);
        expect([checked.text, checked.address]).toEqual([text, '10.0.0.9']);
      },
    ),
    { numRuns: 1000 },
  );
});

test('an accepted URL means the same host to the platform’s URL parser', () => {
  const part = fc.constantFrom(
    '10.0.0.5',
    'web.lab.internal',
    '@',
    ':',
    '/',
    '\\',
    '?',
    '#',
    'evil.example',
    '80',
    'a',
    '%2f',
    ' ',
    '[',
    'http:',
    '\t',
  );
  const url = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => `http://${parts.join('')}`);
  fc.assert(
    fc.property(url, (text) => {
      if (!accepts('url', text)) return;
      const { host, port } = policy.checkText('url', text);
      const parsed = new URL(text);
      expect(parsed.hostname).toBe(host?.toLowerCase());
      expect(Number(parsed.port || 80)).toBe(port);
      expect(parsed.username + parsed.password).toBe('');
    }),
    { numRuns: 3000 },
  );
});
