import { expect, test } from 'vitest';

import { endProcess, type EndingProcess } from './end-process.ts';

function ended(resources: readonly string[], execve: EndingProcess['execve']): string[] {
  const done: string[] = [];
  endProcess({
    exitCode: 3,
    execPath: '/usr/bin/node',
    getActiveResourcesInfo: () => [...resources],
    ...(execve && { execve: (file, args) => void done.push([file, ...(args ?? [])].join(' ')) as never }),
    emit: (event, code) => done.push(`${event} ${code}`),
    exit: () => void done.push('exit') as never,
  });
  return done;
}

const replaced = (): never => undefined as never;

test('a look-up of a name that is in progress does not hold up the end', () => {
  expect(ended(['TTYWrap', 'GetAddrInfoReqWrap'], replaced).slice(0, 2)).toEqual([
    'exit 3',
    '/usr/bin/node /usr/bin/node -e process.exitCode = 3',
  ]);
  expect(ended(['TTYWrap'], replaced)).toEqual(['exit']);
  expect(ended(['GetAddrInfoReqWrap'], undefined)).toEqual(['exit 3', 'exit']);
});
