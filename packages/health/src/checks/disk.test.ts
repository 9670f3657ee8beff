import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { CheckDefinition, CheckOutcome } from '../check-definition.ts';
import { diskCheck } from './disk.ts';
import type { FileSystemFigures } from './disk.ts';

async function run(check: CheckDefinition): Promise<CheckOutcome> {
  return check.run({ signal: new AbortController().signal });
}

describe('the disk check', () => {
  const figures: FileSystemFigures = { blocks: 1000, bfree: 800, bavail: 300, bsize: 4096, files: 100, ffree: 90 };
  const withFigures = (changed: Partial<FileSystemFigures>): CheckDefinition =>
    diskCheck({ readFigures: async () => ({ ...figures, ...changed }) });

  test('counts reserved blocks as df does', async () => {
    expect(await run(withFigures({}))).toMatchObject({
      status: 'healthy',
      observedValue: 40,
      source: 'node:fs statfs',
    });
  });

  test.runIf(process.platform === 'linux')('agrees with df to one point', async () => {
    const lines = spawnSync('df', ['--output=pcent', '/'], { encoding: 'utf8' }).stdout.split('\n');
    const { observedValue } = await run(diskCheck());
    expect(Math.abs(Number(observedValue) - Number.parseInt(lines[1] ?? '', 10))).toBeLessThanOrEqual(1);
  });

  test('is degraded over its threshold', async () => {
    expect(await run(withFigures({ bavail: 40 }))).toMatchObject({ status: 'degraded', observedValue: 83.3 });
  });

  test('is degraded when inodes run out before space does, and says so', async () => {
    expect(await run(withFigures({ ffree: 5 }))).toMatchObject({
      status: 'degraded',
      observedValue: 40,
      message: 'inode use 95 %, over 80 %',
    });
  });

  test.each([{ blocks: 0, bfree: 0, bavail: 0 }, { blocks: Number.NaN }, { bfree: 2000 }])(
    'is unknown for a file system of %o',
    async (figures) => {
      expect(await run(withFigures(figures))).toMatchObject({ status: 'unknown' });
    },
  );

  test('ignores inodes where none are reported', async () => {
    expect(await run(withFigures({ files: 0, ffree: 0 }))).toMatchObject({ status: 'healthy' });
  });

  test('is unknown when the file system cannot be read, without the path', async () => {
    const outcome = await run(diskCheck({ path: '/no/such/place' }));
    expect(outcome).toEqual({ status: 'unknown', message: 'the file system cannot be read: ENOENT (statfs)' });
  });
});
