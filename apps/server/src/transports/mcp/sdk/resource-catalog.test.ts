import { describe, expect, test } from 'vitest';

import type { Principal } from '../../../access/principal.ts';
import { ResourceCatalog } from './resource-catalog.ts';

const reader: Principal = { name: 'reader', scopes: ['tools:read'] };
const caller: Principal = { name: 'caller', scopes: ['tools:call'] };

const catalog = new ResourceCatalog([
  { uri: 'test://open', name: 'open', mimeType: 'text/plain', read: () => 'for all' },
  { uri: 'test://guarded', name: 'guarded', scope: 'tools:read', read: () => 'for readers' },
  { uri: 'test://bytes', name: 'bytes', read: () => new Uint8Array([1, 2, 3]) },
  {
    uriTemplate: 'test://item/{id}',
    name: 'item',
    read: ({ id }) => (id === '1' ? 'first' : undefined),
    values: () => ['1', '10', '2'],
  },
]);

describe('resources', () => {
  test('are listed to those who may read them, and to no one else', () => {
    expect(catalog.list(reader).map(({ name }) => name)).toEqual(['open', 'guarded', 'bytes']);
    expect(catalog.list(caller).map(({ name }) => name)).toEqual(['open', 'bytes']);
  });

  test('are read as text or as base64', async () => {
    expect(await catalog.read('test://open', caller)).toEqual([
      { uri: 'test://open', mimeType: 'text/plain', text: 'for all' },
    ]);
    expect(await catalog.read('test://bytes', caller)).toEqual([{ uri: 'test://bytes', blob: 'AQID' }]);
  });

  test('of a template are found by their address', async () => {
    expect(await catalog.read('test://item/1', caller)).toEqual([{ uri: 'test://item/1', text: 'first' }]);
  });

  test.each(['test://nowhere', 'test://item/2', 'test://guarded'])(
    '%s is not found by a caller that may not',
    async (uri) => {
      await expect(catalog.read(uri, caller)).rejects.toThrow(/not found/iu);
    },
  );

  test('that do not exist cannot be subscribed to', () => {
    expect(() => catalog.assertKnown('test://guarded', caller)).toThrow(/not found/iu);
    expect(() => catalog.assertKnown('test://guarded', reader)).not.toThrow();
  });

  test('complete the variables of a template', () => {
    expect(catalog.complete('test://item/{id}', { name: 'id', value: '1' }, caller)).toEqual(['1', '10']);
    expect(catalog.complete('test://other/{id}', { name: 'id', value: '' }, caller)).toEqual([]);
  });

  test('cannot share an address', () => {
    const one = { uri: 'test://one', name: 'one', read: () => '' };
    expect(() => new ResourceCatalog([one, one])).toThrow('test://one');
  });
});
