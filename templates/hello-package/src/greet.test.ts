import { expect, test } from 'vitest';
import { greet } from './greet.ts';

test('greets the world when nobody is named', () => {
  expect(greet()).toBe('Hello, world!');
});

test('refuses a name that is empty or too long, and says how long it was', () => {
  expect(() => greet({ name: '' })).toThrow('name must have 1 to 100 characters, got 0');
  expect(() => greet({ name: 'x'.repeat(101) })).toThrow('got 101');
});
