import { expect, test } from 'vitest';

import { StartError } from '../foundation/start-error.ts';
import { startLauncher } from './start-launcher.ts';

test('a launcher that does not start is reported in one line', async () => {
  const starting = startLauncher(() => Promise.reject(new Error('The helper did not start: it did not answer')));
  await expect(starting).rejects.toThrow(StartError);
  await expect(starting).rejects.toThrow(/^The helper did not start: it did not answer\. .*start the server again\.$/);
});
