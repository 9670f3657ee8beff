import { expect, test } from 'vitest';

import { watchHangUps } from './hang-up.ts';

test('a SIGHUP during the start reloads once the server runs; a command that is no server gives the signal back', () => {
  const before = process.listenerCount('SIGHUP');
  const hangUps = watchHangUps();
  expect(watchHangUps()).toBe(hangUps);
  expect(process.listenerCount('SIGHUP')).toBe(before + 1);
  let reloads = 0;
  process.emit('SIGHUP');
  hangUps.reloadWith(() => (reloads += 1));
  expect(reloads).toBe(1);
  process.emit('SIGHUP');
  expect(reloads).toBe(2);
});
