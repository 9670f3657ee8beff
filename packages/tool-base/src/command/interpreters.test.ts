import { expect, test } from 'vitest';
import { isInterpreter } from './interpreters.ts';

test.each([
  'sh',
  '/bin/bash',
  'python3.12',
  'node-22',
  'Python.EXE',
  'git',
  'find',
  'npx',
  'at',
  'julia',
  '/lib64/ld-linux-x86-64.so.2',
  '/lib/ld-musl-x86_64.so.1',
])('%s can run other programs', (program) => {
  expect(isInterpreter(program)).toBe(true);
});

test.each(['ping', '/usr/bin/dig', 'curl', 'nmap', 'shasum', 'nodeinfo', '/opt/python/lookup', ''])(
  '%s does not run other programs',
  (program) => {
    expect(isInterpreter(program)).toBe(false);
  },
);
