import { expect, test } from 'vitest';

import { processAdvice } from './process-advice.ts';

test('advises against root, and against being process 1 without an init process', () => {
  expect(processAdvice({ uid: 1000, pid: 7 })).toEqual([]);
  expect(processAdvice({ uid: undefined, pid: 7 })).toEqual([]);
  expect(processAdvice({ uid: 0, pid: 7 })).toEqual([expect.stringContaining('runs as root')]);
  expect(processAdvice({ uid: 1000, pid: 1 })).toEqual([expect.stringContaining('docker run --init')]);
});
