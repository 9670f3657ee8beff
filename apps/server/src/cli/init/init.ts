import { open } from 'node:fs/promises';
import { resolve } from 'node:path';

import { StartError } from '../../start-error.ts';
import { renderConfiguration } from './configuration-text.ts';
import { lookAround } from './machine-facts.ts';

/**
 * Writes a commented configuration, readable by its owner only, and never over a file that is there.
 *
 * @param program how the person started this one, so that the next commands can be pasted
 * @returns what to say to the person who asked for it
 * @throws StartError when the file exists or cannot be written
 */
export async function writeConfiguration(file: string, program = 'mcp-server'): Promise<string> {
  const path = resolve(file);
  const text = renderConfiguration(await lookAround(path));
  try {
    // One step: a file that appears meanwhile is not overwritten either.
    await using handle = await open(path, 'wx', 0o600);
    await handle.writeFile(text);
  } catch (error) {
    throw new StartError(refusal(file, (error as NodeJS.ErrnoException).code));
  }
  return `Wrote ${file}. Read it through; then:

  ${program} --check --config ${file}              what is in force, and where each value comes from
  ${program} doctor --config ${file}               what this machine lacks, and what to do about it
  ${program} --transport http --config ${file}     serve
`;
}

function refusal(file: string, code: string | undefined): string {
  if (code === 'EEXIST') return `${file} exists already and is left as it is. Name another file: mcp-server init FILE`;
  if (code === 'ENOENT') return `The folder of ${file} does not exist. Make it first, or name another file.`;
  if (code === 'EACCES' || code === 'EROFS') return `${file} cannot be written here. Name a file in a folder of yours.`;
  return `${file} cannot be written (${code ?? 'unknown error'}).`;
}
