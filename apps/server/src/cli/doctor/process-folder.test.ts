import { expect, test } from 'vitest';

import { checkProcessFolder } from './process-folder.ts';

test('a Linux without /proc is named in one sentence', () => {
  expect(() => checkProcessFolder('linux', () => false)).toThrow('/proc is not mounted, so no program can be started.');
  expect(() => checkProcessFolder('linux', () => true)).not.toThrow();
  expect(() => checkProcessFolder('darwin', () => false)).not.toThrow();
});
