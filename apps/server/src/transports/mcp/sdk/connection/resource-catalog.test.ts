import { describe, expect, test } from 'vitest';

import type { Principal } from '../../../../access/principal.ts';
import { OfferedResources, type ResourceSource } from '../../../../catalog/offered-resources.ts';
import { ManualClock } from '../../../../foundation/test-support/manual-clock.ts';
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
    expect(await catalog.read('test://open', { principal: caller })).toEqual([
      { uri: 'test://open', mimeType: 'text/plain', text: 'for all' },
    ]);
    expect(await catalog.read('test://bytes', { principal: caller })).toEqual([{ uri: 'test://bytes', blob: 'AQID' }]);
  });

  test.each(['\u001b[31mred\u202e', [{ uri: 'test://coloured', text: '\u001b[31mred\u202e' }]])(
    'have no control characters in their texts: %j',
    async (body) => {
      const coloured = new ResourceCatalog([{ uri: 'test://coloured', name: 'coloured', read: () => body }]);
      expect(await coloured.read('test://coloured', { principal: caller })).toEqual([
        { uri: 'test://coloured', text: 'red' },
      ]);
    },
  );

  test('whose code does not end are answered after the time limit', async () => {
    const clock = new ManualClock();
    const slow = { uri: 'test://slow', name: 'slow', read: () => new Promise<never>(() => {}) };
    const limited = new ResourceCatalog([slow], undefined, { clock, timeoutMs: () => 50 });
    const outcome = limited.read(slow.uri, { principal: caller }).catch((error: unknown) => error);
    clock.advance(50);
    expect(await outcome).toMatchObject({ type: 'timeout', message: 'The resource slow did not end in time.' });
  });

  test('of a template are found by their address', async () => {
    expect(await catalog.read('test://item/1', { principal: caller })).toEqual([
      { uri: 'test://item/1', text: 'first' },
    ]);
  });

  test.each(['test://nowhere', 'test://item/2', 'test://guarded'])(
    '%s is not found by a caller that may not',
    async (uri) => {
      await expect(catalog.read(uri, { principal: caller })).rejects.toThrow(/not found/iu);
    },
  );

  test('that do not exist cannot be subscribed to', () => {
    expect(() => catalog.assertKnown('test://guarded', caller)).toThrow(/not found/iu);
    expect(() => catalog.assertKnown('test://guarded', reader)).not.toThrow();
  });

  test('complete the variables of a template', async () => {
    expect(await catalog.complete('test://item/{id}', { name: 'id', value: '1' }, { principal: caller })).toEqual([
      '1',
      '10',
    ]);
    expect(await catalog.complete('test://other/{id}', { name: 'id', value: '' }, { principal: caller })).toEqual([]);
  });

  test('cannot share an address', () => {
    const one = { uri: 'test://one', name: 'one', read: () => '' };
    expect(() => new ResourceCatalog([one, one])).toThrow('test://one');
  });

  test('of an upstream are listed, read, followed and completed by those who may, also where no list has them', async () => {
    const followed: string[] = [];
    const source: ResourceSource = {
      resources: [{ uri: 'far+file:///a', name: 'a' }],
      templates: [{ uri: 'far+file:///{path}', name: 'any' }],
      isOpenTo: ({ name }) => name === 'reader',
      owns: (uri) => uri.startsWith('far+'),
      read: (uri) => Promise.resolve(uri.endsWith('gone') ? undefined : [{ uri, text: 'far away' }]),
      complete: () => Promise.resolve(['b']),
      subscribe(uri) {
        followed.push(uri);
        return { [Symbol.dispose]: () => void followed.pop() };
      },
    };
    const offered = new OfferedResources();
    const both = new ResourceCatalog([{ uri: 'test://own', name: 'own', read: () => '' }], offered);
    offered.offer('far', source);
    expect(both.list(reader).map(({ uri }) => uri)).toEqual(['test://own', 'far+file:///a']);
    expect(both.list(caller).map(({ uri }) => uri)).toEqual(['test://own']);
    expect(both.templates(reader).map(({ uriTemplate }) => uriTemplate)).toEqual(['far+file:///{path}']);
    const asReader = { principal: reader };
    const asCaller = { principal: caller };
    expect(await both.read('far+file:///linked', asReader)).toEqual([{ uri: 'far+file:///linked', text: 'far away' }]);
    await expect(both.read('far+file:///gone', asReader)).rejects.toThrow(/not found/iu);
    await expect(both.read('far+file:///a', asCaller)).rejects.toThrow(/not found/iu);
    expect(() => both.assertKnown('far+file:///a', caller)).toThrow(/not found/iu);
    expect(both.follow('far+file:///a', caller)).toBeUndefined();
    using following = both.follow('far+file:///a', reader);
    expect(followed).toEqual(['far+file:///a']);
    expect(following).toBeDefined();
    const argument = { name: 'path', value: '' };
    expect(await both.complete('far+file:///{path}', argument, asReader)).toEqual(['b']);
    expect(await both.complete('far+file:///{path}', argument, asCaller)).toEqual([]);
    offered.offer('far', undefined);
    expect(both.list(reader).map(({ uri }) => uri)).toEqual(['test://own']);
  });
});

test.each([null, 42, { contents: [] }, ['text'], [{ uri: 'test://a' }], [{ text: 'no uri' }]])(
  'what a resource is read as is text, bytes or contents: not %j',
  async (body) => {
    const other = new ResourceCatalog([{ uri: 'test://other', name: 'other', read: () => body as never }]);
    await expect(other.read('test://other', { principal: caller })).rejects.toThrow(
      'read() of test://other must return',
    );
  },
);
