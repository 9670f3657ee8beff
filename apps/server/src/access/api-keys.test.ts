import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { ApiKeys, singleKey, type ApiKeyEntry } from './api-keys.ts';

const ci: ApiKeyEntry = { name: 'ci', key: 'ci-key-0123456789', scopes: ['tools:call:dns_*'] };
const ops: ApiKeyEntry = { name: 'ops', key: 'ops-key-0123456789', scopes: ['admin', 'tools:read'] };

test('finds the principal of a key', () => {
  const keys = new ApiKeys([ci, ops, singleKey('single-key-0123456789')]);
  expect(keys.find(ci.key)).toMatchObject({ name: 'ci', scopes: ['tools:call:dns_*'] });
  expect(keys.find(ops.key)).toMatchObject({ name: 'ops', scopes: ['admin', 'tools:read'] });
  expect(keys.find('single-key-0123456789')).toMatchObject({
    name: 'default',
    scopes: ['tools:read', 'tools:call', 'approvals', 'admin'],
  });
});

test.each([
  '',
  'ci-key-012345678',
  'ci-key-01234567890',
  'CI-KEY-0123456789',
  ' ci-key-0123456789',
  'x'.repeat(20_000),
])('%.30j is no known key', (presented) => {
  expect(new ApiKeys([ci, ops]).find(presented)).toBeUndefined();
});

test('no key is in memory in clear text', () => {
  expect(inspect(new ApiKeys([ci]), { depth: 9, showHidden: true })).not.toContain(ci.key);
});

describe('an error at start', () => {
  test.each<[string, Partial<ApiKeyEntry>, RegExp]>([
    ['an empty name', { name: '' }, /name must be/],
    ['a name that looks like that of a token', { name: 'jwt:alice' }, /name must be/],
    ['no key', { key: '' }, /1 to 512/],
    ['a key that is too long', { key: 'k'.repeat(513) }, /1 to 512/],
    ['a key with characters that no header allows', { key: 'ключ-0123456789-0123456789' }, /1 to 512/],
    ['a key with a space', { key: '0123456789 0123456789' }, /1 to 512/],
    ['no scope', { scopes: [] }, /at least one scope/],
    ['an unknown scope', { scopes: ['tools:write'] }, /"tools:write" is not a scope; allowed are/],
  ])('%s', (_what, change, message) => {
    const entry = { ...ci, ...change };
    expect(() => new ApiKeys([entry])).toThrow(message);
    expect(() => new ApiKeys([entry])).not.toThrow(entry.key || 'undefined');
  });

  test('a duplicate name, and a duplicate key', () => {
    expect(() => new ApiKeys([ci, { ...ops, name: 'ci' }])).toThrow(/"ci": duplicate name/);
    expect(() => new ApiKeys([ci, { ...ops, key: ci.key }])).toThrow(/"ops": duplicate key/);
  });
});

describe('keys after a reload', () => {
  const entry = { name: 'ann', key: 'ann-key-0123456789', scopes: ['tools:read'] };
  const before = new ApiKeys([entry]);
  const opened = before.find(entry.key)!;

  test('keep their principal when nothing about them changed', () => {
    const after = new ApiKeys([{ name: 'bob', key: 'bob-key-0123456789', scopes: ['admin'] }, { ...entry }], before);
    expect(after.find(entry.key)).toBe(opened);
    expect(after.has(opened)).toBe(true);
  });

  test.each([
    ['revoked', []],
    ['given other scopes', [{ ...entry, scopes: ['tools:read', 'admin'] }]],
    ['given another key', [{ ...entry, key: 'new-key-0123456789' }]],
    ['given another name', [{ ...entry, name: 'anna' }]],
  ])('lose their principal when they were %s', (_, entries) => {
    expect(new ApiKeys(entries, before).has(opened)).toBe(false);
  });
});

describe('a tool with a scope of its own', () => {
  const toolScopes = new Map([['deploy', 'tools:scope:deploy']]);
  const releaser = { name: 'releaser', key: 'releaser-key-0123456789', scopes: ['tools:call', 'tools:scope:deploy'] };
  const keys = (scopes: ReadonlyMap<string, string> | undefined, before?: ApiKeys): ApiKeys =>
    new ApiKeys([ci, releaser, singleKey('single-key-0123456789')], before, undefined, scopes);

  test('is withheld from keys without that scope; the single key has every scope', () => {
    const made = keys(toolScopes);
    expect(made.find(ci.key)?.withheld).toEqual(toolScopes);
    expect(made.find(releaser.key)?.withheld).toBeUndefined();
    expect(made.find('single-key-0123456789')?.withheld).toBeUndefined();
  });

  test('changes the principals that it is withheld from, and no others', () => {
    const before = keys(undefined);
    const after = keys(toolScopes, before);
    expect(after.find(releaser.key)).toBe(before.find(releaser.key));
    expect(after.has(before.find(ci.key)!)).toBe(false);
    expect(keys(toolScopes, after).find(ci.key)).toBe(after.find(ci.key));
  });
});
