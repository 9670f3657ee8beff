import { expect, test } from 'vitest';
import { greet } from './greet.ts';

test('greets the world by default', () => {
  expect(greet()).toBe('Hello, world!');
});

test('rejects a name that is empty or too long and gives its length', () => {
  expect(() => greet({ name: '' })).toThrow('name must have 1 to 100 characters, got 0');
  expect(() => greet({ name: 'x'.repeat(101) })).toThrow('got 101');
});
