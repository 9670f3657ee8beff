import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { errorCode } from '../foundation/error-code.ts';
import { StartError } from '../foundation/start-error.ts';

/**
 * Every run of a program gets an empty folder of its own in the temporary folder.
 * @throws {StartError} when no folder can be created there, as in a container with a read-only root
 */
export function checkTemporaryFolder(folder: string = tmpdir()): void {
  try {
    rmdirSync(mkdtempSync(join(folder, 'mcp-server-')));
  } catch (error) {
    throw new StartError(
      `The temporary folder ${folder} is not writable (${errorCode(error)}). Mount a tmpfs there (docker run --tmpfs ${folder}), or set TMPDIR to a folder that is.`,
    );
  }
}
