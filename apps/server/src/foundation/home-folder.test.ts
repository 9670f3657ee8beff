import { expect, test } from 'vitest';

import { homeFolder } from './home-folder.ts';

test('is that of the user, and / where the user has none', () => {
  expect(homeFolder(() => '/home/ann')).toBe('/home/ann');
  expect(homeFolder(() => '')).toBe('/');
  const find = () => {
    throw new Error('A system error occurred: uv_os_homedir returned ENOENT');
  };
  expect(homeFolder(find)).toBe('/');
});
