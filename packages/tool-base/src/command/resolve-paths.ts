/**
 * Follows the path parameters of a call. It is done right before the program is started, and the program gets the path that was
 * found: absolute, and without links at that moment. Who can write in the folder could still put a link there in between; only the
 * sandbox of the program holds then.
 */

import { realpath, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ProgramArgument } from '../launcher/program.ts';
import { isPrintable } from '../result/sanitize-text.ts';
import { ToolError } from '../result/tool-error.ts';
import type { ParameterSpec } from './parameter.ts';
import type { PathParameter } from './path-value.ts';

type Values = ReadonlyMap<string, readonly ProgramArgument[]>;

/**
 * The arguments with every path followed.
 * @throws {ToolError} `validation_error` for a path that leads out of its folder, or to nothing of the right kind; `unavailable`
 * when the folder itself cannot be reached
 */
export async function resolvePaths(
  parameters: Readonly<Record<string, ParameterSpec>>,
  values: Values,
): Promise<Values> {
  const followed = new Map(values);
  for (const [name, spec] of Object.entries(parameters)) {
    const given = values.get(name)?.at(-1);
    if (spec.type !== 'path' || given === undefined) continue;
    const text = await follow(name, spec, given.text);
    followed.set(name, [...(values.get(name) ?? []).slice(0, -1), { ...given, text }]);
  }
  return followed;
}

async function follow(name: string, { within, kind = 'file' }: PathParameter, text: string): Promise<string> {
  const folder = await realpath(within).catch(() => undefined);
  if (folder === undefined) throw new ToolError('unavailable', 'A folder that this tool needs is missing.');
  const found = await realpath(resolve(folder, text)).catch(() => undefined);
  if (found === undefined || !isInside(folder, found) || !isPrintable(found) || !(await isOfKind(found, kind))) {
    // One answer for all: a caller must not learn what exists outside.
    const what = kind === 'any' ? 'file or folder' : kind;
    throw new ToolError('validation_error', `${name}: there is no such ${what} in the folder of this argument.`, {
      suggestion: 'Give a path relative to that folder; links that lead out of it are not followed.',
    });
  }
  return found;
}

function isInside(folder: string, path: string): boolean {
  return path === folder || path.startsWith(folder === '/' ? folder : `${folder}/`);
}

async function isOfKind(path: string, kind: NonNullable<PathParameter['kind']>): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return false;
  return (kind !== 'folder' && found.isFile()) || (kind !== 'file' && found.isDirectory());
}
