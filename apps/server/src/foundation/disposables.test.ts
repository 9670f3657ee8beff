import { describe, expect, test } from 'vitest';

import { Disposables } from './disposables.ts';

describe('disposables', () => {
  test('end once, the last first', () => {
    const ended: string[] = [];
    const all = new Disposables();
    all.defer(() => ended.push('first'));
    all.use({ [Symbol.dispose]: () => void ended.push('second') });
    all[Symbol.dispose]();
    all[Symbol.dispose]();
    expect(ended).toEqual(['second', 'first']);
  });

  test('all end even when one throws, and its error is not lost', () => {
    let ended = false;
    const all = new Disposables();
    all.defer(() => (ended = true));
    all.defer(() => {
      throw new Error('no');
    });
    expect(() => all[Symbol.dispose]()).toThrow('no');
    expect(ended).toBe(true);
  });
});
