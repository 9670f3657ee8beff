import { open } from 'node:fs/promises';
import { resolve } from 'node:path';

import { DEFAULT_FILE } from '../../composition/load-configuration.ts';
import { errorCode } from '../../foundation/error-code.ts';
import { StartError } from '../../foundation/start-error.ts';
import { renderConfiguration } from './configuration-text.ts';
import { detectEnvironment } from './machine-facts.ts';

/**
 * Writes a commented configuration, readable by its owner only. Never overwrites a file.
 *
 * @param program the command that started this process, so that the printed commands can be pasted
 * @returns the text for the terminal
 * @throws {StartError} when the file exists or cannot be written
 */
export async function writeConfiguration(file: string, program = 'mcp-server'): Promise<string> {
  const path = resolve(file);
  const text = renderConfiguration(await detectEnvironment(path));
  try {
    // Atomic: a file that another process creates meanwhile is not overwritten.
    await using handle = await open(path, 'wx', 0o600);
    await handle.writeFile(text);
  } catch (error) {
    throw new StartError(writeError(file, errorCode(error)));
  }
  // Without an argument these commands read the default file of the working directory.
  const config = file === DEFAULT_FILE ? '' : ` --config ${file}`;
  return `Wrote ${file}. Read it, then run:

  ${program} doctor${config}
      checks this machine and the configuration
  ${program} --check${config}
      prints every value and where it comes from
  ${program} --transport http${config}
      serves
`;
}

function writeError(file: string, code: string): string {
  if (code === 'EEXIST') return `${file} already exists and was not changed. Name another file: mcp-server init FILE`;
  if (code === 'ENOENT') return `The folder of ${file} does not exist. Create it, or name another file.`;
  if (code === 'EACCES' || code === 'EROFS')
    return `${file} cannot be written. Name a file in a folder that you can write.`;
  return `${file} cannot be written (${code}).`;
}
