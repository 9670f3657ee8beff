import { describe, expect, test } from 'vitest';
import {
  hasScope,
  isScope,
  localPrincipal,
  mayCall,
  mayKnowOfCall,
  maySee,
  maySeeEveryTool,
  type Principal,
} from './principal.ts';

const holder = (...scopes: string[]): Principal => ({ name: 'p', scopes });

test.each(['tools:read', 'tools:call', 'admin', 'tools:call:dns_*', 'tools:call:a?b.c-D', 'tools:scope:deploy'])(
  '%s is a scope',
  (scope) => {
    expect(isScope(scope)).toBe(true);
  },
);

test.each([
  '',
  'tools',
  'tools:*',
  'tools:call:',
  'tools:call:a b',
  'tools:call:a:b',
  'Admin',
  'tools:read:x',
  'tools:call:é',
  'tools:scope:',
  'tools:scope:*',
])('%j is not a scope', (scope) => {
  expect(isScope(scope)).toBe(false);
});

describe('no scope includes another', () => {
  test('admin does not call or read', () => {
    expect(hasScope(holder('admin'), 'tools:call')).toBe(false);
    expect(hasScope(holder('admin'), 'tools:read')).toBe(false);
    expect(mayCall(holder('admin'), 'ping')).toBe(false);
  });

  test('tools:call is not admin, and no scope allows nothing', () => {
    expect(hasScope(holder('tools:call', 'tools:read'), 'admin')).toBe(false);
    expect(hasScope(holder(), 'tools:read')).toBe(false);
  });
});

test('a narrowed tools:call is enough for the route, and allows only the tools that match the whole glob', () => {
  const narrowed = holder('tools:call:dns_*', 'tools:call:ping');
  expect(hasScope(narrowed, 'tools:call')).toBe(true);
  expect(
    ['dns_lookup', 'ping', 'ping6', 'xdns_lookup', 'DNS_lookup', 'tls_inspect'].filter((tool) =>
      mayCall(narrowed, tool),
    ),
  ).toEqual(['dns_lookup', 'ping']);
});

test('lists show the tools that a principal may call; one that only reads or administers sees all', () => {
  const tools = ['dns_lookup', 'ping'];
  const seen = (...scopes: string[]): string[] => tools.filter((tool) => maySee(holder(...scopes), tool));
  expect(seen('tools:call:dns_*')).toEqual(['dns_lookup']);
  expect(seen('tools:call:dns_*', 'tools:read')).toEqual(['dns_lookup']);
  expect(seen('tools:read')).toEqual(tools);
  expect(seen('admin', 'tools:call:dns_*')).toEqual(tools);
  expect(seen()).toEqual([]);
});

test('the caller on stdio has every scope', () => {
  expect(localPrincipal('stdio')).toEqual({
    name: 'stdio',
    scopes: ['tools:read', 'tools:call', 'approvals', 'admin'],
  });
});

test.each([
  [['tools:call'], true],
  [['tools:read'], true],
  [['admin'], true],
  [['tools:call:*'], true],
  [['tools:read', 'tools:call'], true],
  [['tools:read', 'tools:call:dns_*'], false],
  [['tools:call:dns_*'], false],
  [[], false],
])('with the scopes %j, sees every tool: %s', (scopes, every) => {
  expect(maySeeEveryTool(holder(...scopes))).toBe(every);
  expect(maySee(holder(...scopes), 'any_tool_at_all')).toBe(every);
});

test('a call is visible to its caller, whatever tools that may see', () => {
  const narrow = { name: 'ann', scopes: ['tools:call:dns_*'] };
  expect(mayKnowOfCall(narrow, { caller: 'ann', tool: 'ping' })).toBe(true);
  expect(mayKnowOfCall(narrow, { caller: 'bob', tool: 'dns_lookup' })).toBe(true);
  expect(mayKnowOfCall(narrow, { caller: 'bob', tool: 'ping' })).toBe(false);
});

describe('a tool with a scope of its own', () => {
  const withheld = new Map([['deploy', 'tools:scope:deploy']]);
  const lacking = (...scopes: string[]): Principal => ({ name: 'p', scopes, withheld });

  test('is not called without it, by whatever other scope', () => {
    for (const scope of ['tools:call', 'tools:call:*', 'tools:call:deploy']) {
      expect(mayCall(lacking(scope), 'deploy')).toBe(false);
      expect(maySee(lacking(scope), 'deploy')).toBe(false);
      expect(maySeeEveryTool(lacking(scope))).toBe(false);
    }
  });

  test('is seen by operators and monitors, as every tool', () => {
    for (const scope of ['admin', 'tools:read']) {
      expect(maySee(lacking(scope), 'deploy')).toBe(true);
      expect(maySeeEveryTool(lacking(scope))).toBe(true);
      expect(mayCall(lacking(scope), 'deploy')).toBe(false);
    }
  });
});
