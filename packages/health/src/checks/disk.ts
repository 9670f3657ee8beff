import { statfs } from 'node:fs/promises';
import { optionsWithDefaults } from '../check-definition.ts';
import type { CheckDefinition, CheckOptions } from '../check-definition.ts';
import { describeError } from '../safe-text.ts';
import { PercentThreshold } from './threshold.ts';
import type { ThresholdOptions } from './threshold.ts';

/** The fields of `statfs` that are read. */
export interface FileSystemFigures {
  readonly blocks: number;
  readonly bfree: number;
  /** Blocks available to programs that do not run as root. */
  readonly bavail: number;
  readonly bsize: number;
  readonly files: number;
  readonly ffree: number;
}

export interface DiskCheckOptions extends CheckOptions, ThresholdOptions {
  /** Any path on the file system. @default '/' */
  readonly path?: string | undefined;
  /** @default statfs of `node:fs/promises`, which starts no process */
  readonly readFigures?: ((path: string) => Promise<FileSystemFigures>) | undefined;
}

/** The percentage that `df` shows: of the space available to programs that do not run as root. NaN for a file system without blocks. */
function diskPercent({ blocks, bfree, bavail }: FileSystemFigures): number {
  return ((blocks - bfree) / (blocks - bfree + bavail)) * 100;
}

/**
 * Space used on a file system, as `df` computes it, or inodes where they are scarcer. Unknown if it cannot be read.
 * @throws {RangeError} when a threshold is out of range
 */
export function diskCheck(options: DiskCheckOptions = {}): CheckDefinition {
  const { path = '/', readFigures = (where) => statfs(where) } = options;
  const threshold = new PercentThreshold('diskCheck', options);
  return {
    ...optionsWithDefaults(options, { name: 'disk', priority: 'important' }),
    measurement: 'utilization',
    componentType: 'system',
    async run() {
      let figures: FileSystemFigures;
      try {
        figures = await readFigures(path);
      } catch (error) {
        return { status: 'unknown', message: `the file system cannot be read: ${describeError(error)}` };
      }
      const space = diskPercent(figures);
      if (!(space >= 0 && space <= 100))
        return { status: 'unknown', message: 'the file system reports no usable size' };
      // Some file systems, such as btrfs, report no inodes.
      const inodes = figures.files > 0 ? ((figures.files - figures.ffree) / figures.files) * 100 : 0;
      const outcome = threshold.outcome('disk use', space);
      const inodeOutcome = threshold.outcome('inode use', inodes);
      const worse = threshold.statusOf(inodes) !== 'healthy' && inodes > space;
      return {
        ...outcome,
        status: worse ? inodeOutcome.status : outcome.status,
        message: worse ? inodeOutcome.message : outcome.message,
        source: 'node:fs statfs',
        metadata: {
          totalBytes: figures.blocks * figures.bsize,
          availableBytes: figures.bavail * figures.bsize,
          inodesPercent: Math.round(inodes * 10) / 10,
        },
      };
    },
  };
}
