import { expect, test } from 'vitest';

import { openFiles } from './doctor/open-files.ts';
import { processAdvice } from './process-advice.ts';

const files = { allowed: undefined, needed: 628 };

test('advises against root, and against being process 1 without an init process', () => {
  expect(processAdvice({ uid: 1000, pid: 7, files })).toEqual([]);
  expect(processAdvice({ uid: undefined, pid: 7, files })).toEqual([]);
  expect(processAdvice({ uid: 0, pid: 7, files })).toEqual([expect.stringContaining('runs as root')]);
  expect(processAdvice({ uid: 1000, pid: 1, files })).toEqual([expect.stringContaining('docker run --init')]);
});

test('advises against fewer open files than connections and calls may need', () => {
  const advised = (limits: string): string[] =>
    processAdvice({ uid: 1000, pid: 7, files: openFiles(limits, { maxConnections: 100, concurrency: 100 }) });
  expect(advised('Max open files            628                  4096 files\n')).toEqual([]);
  expect(advised('Max open files            unlimited            unlimited files\n')).toEqual([]);
  expect(advised('')).toEqual([]);
  expect(advised('Max open files            627                  4096 files\n')).toEqual([
    expect.stringContaining('LimitNOFILE=628'),
  ]);
});
