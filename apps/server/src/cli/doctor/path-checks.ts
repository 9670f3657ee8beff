/** Checks of the folders from which callers choose files. */
import type { ServerConfig } from '../../configuration/shape/server-config.ts';
import { programsOf } from '../../configuration/shape/tool-declaration.ts';
import { ok, warning, type Finding } from './finding.ts';
import type { Machine } from './machine.ts';

const GROUP_OR_OTHERS_WRITE = 0o022;

/** Whoever writes in such a folder can put a link there after a path was followed and before the program opens it. */
export function checkPathFolders(machine: Pick<Machine, 'stat' | 'uid'>, { tools }: ServerConfig): Finding[] {
  const folders = programsOf(tools).flatMap(([tool, { parameters }]) =>
    Object.entries(parameters).flatMap(([name, parameter]) =>
      parameter.type === 'path' ? [{ at: `tools.${tool}.parameters.${name}`, within: parameter.within }] : [],
    ),
  );
  if (folders.length === 0) return [];
  const open = folders.filter(({ within }) => {
    const found = machine.stat(within);
    return found !== undefined && ((found.mode & GROUP_OR_OTHERS_WRITE) !== 0 || ![0, machine.uid].includes(found.uid));
  });
  if (open.length === 0) return [ok('path parameters', 'other users cannot change their folders')];
  return open.map(({ at, within }) =>
    warning(
      'path parameters',
      `${at}: other users can write in ${within}, and could replace a file by a link right after it was checked.`,
      'Give the tool sandbox.minimum: files, which holds then too, or make the folder writable by its owner only.',
    ),
  );
}
