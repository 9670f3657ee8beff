import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { expect, test } from 'vitest';

import { isGroupAlive, killGroupsIn } from './process-group.ts';

test.skipIf(process.platform !== 'linux')(
  'programs that work below a directory are killed with their group, and no other',
  async () => {
    const parent = mkdtempSync(join(tmpdir(), 'group-'));
    const inside = join(parent, '1');
    mkdirSync(inside);
    const options = { detached: true, stdio: 'ignore' } as const;
    const script = ['-c', 'sleep 60 & wait'];
    const found = spawn('/bin/sh', script, { ...options, cwd: inside });
    const other = spawn('/bin/sh', script, { ...options, cwd: tmpdir() });
    await Promise.all([once(found, 'spawn'), once(other, 'spawn')]);
    try {
      killGroupsIn(parent);
      const [, signal] = (await once(found, 'exit')) as [null, string];
      expect(signal).toBe('SIGKILL');
      expect(isGroupAlive(other.pid)).toBe(true);
    } finally {
      if (other.pid !== undefined) process.kill(-other.pid, 'SIGKILL');
      rmSync(parent, { recursive: true });
    }
  },
);
