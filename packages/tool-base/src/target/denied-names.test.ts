import { beforeEach, describe, expect, test, vi } from 'vitest';
import { ManualClock } from '../test-support/manual-clock.ts';
import type { Resolver } from './host-lookups.ts';
import { TargetPolicy } from './target-policy.ts';

let clock: ManualClock;
let addresses: Record<string, readonly string[]>;
let down: boolean;
const resolver = vi.fn<Resolver>(async (host) => {
  if (down) throw Object.assign(new Error('dns'), { code: 'EAI_AGAIN' });
  return addresses[host] ?? [];
});

beforeEach(() => {
  clock = new ManualClock();
  addresses = { 'db.lab.internal': ['10.0.0.7'], 'alias.lab.internal': ['10.0.0.7'], 'web.lab.internal': ['10.0.0.8'] };
  down = false;
  resolver.mockClear();
});

const policy = (denied: readonly string[] = ['db.lab.internal']): TargetPolicy =>
  new TargetPolicy({ allowed: ['RFC1918', '.lab.internal'], denied, resolver, clock });
const verdict = (checked: TargetPolicy, kind: 'ip_or_host' | 'cidr' | 'url', text: string): Promise<unknown> =>
  checked.check(kind, text).then(
    () => 'allowed',
    (error: unknown) => (error as { readonly type: string }).type,
  );

describe('a host that is denied by name', () => {
  test.each([
    ['ip_or_host', 'db.lab.internal'],
    ['ip_or_host', 'alias.lab.internal'],
    ['ip_or_host', '10.0.0.7'],
    ['url', 'http://10.0.0.7/'],
    ['url', 'http://alias.lab.internal/'],
    ['cidr', '10.0.0.0/29'],
  ] as const)('is denied as %s %s', async (kind, text) => {
    expect(await verdict(policy(), kind, text)).toBe('validation_error');
    expect(await verdict(policy([]), kind, text)).toBe('allowed');
  });

  test('leaves other hosts allowed', async () => {
    for (const text of ['web.lab.internal', '10.0.0.8']) {
      expect(await verdict(policy(), 'ip_or_host', text)).toBe('allowed');
    }
    expect(await verdict(policy(), 'cidr', '10.0.0.8/29')).toBe('allowed');
  });

  test('is looked up again after a minute', async () => {
    const checked = policy();
    await verdict(checked, 'ip_or_host', '10.0.0.7');
    await verdict(checked, 'ip_or_host', '10.0.0.7');
    expect(resolver).toHaveBeenCalledTimes(1);
    addresses['db.lab.internal'] = ['10.0.0.9'];
    clock.advance(60_000);
    expect(await verdict(checked, 'ip_or_host', '10.0.0.9')).toBe('validation_error');
    expect(await verdict(checked, 'ip_or_host', '10.0.0.7')).toBe('allowed');
  });

  test('keeps its last addresses when the resolver fails', async () => {
    const checked = policy();
    await verdict(checked, 'ip_or_host', '10.0.0.8');
    down = true;
    clock.advance(60_000);
    expect(await verdict(checked, 'ip_or_host', '10.0.0.7')).toBe('validation_error');
    expect(await verdict(checked, 'ip_or_host', '10.0.0.8')).toBe('allowed');
  });

  test('that could never be resolved refuses every target, and says so', async () => {
    down = true;
    expect(await verdict(policy(), 'ip_or_host', '10.0.0.8')).toBe('tool_error');
    await expect(policy().check('ip', '10.0.0.8')).rejects.toThrow('denied list could not be resolved');
  });

  test('that has no address denies none', async () => {
    expect(await verdict(policy(['gone.lab.internal']), 'ip_or_host', '10.0.0.7')).toBe('allowed');
  });
});
