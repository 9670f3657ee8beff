import { isAbsolute, join } from 'node:path';

import { homeFolder } from '../foundation/home-folder.ts';

export interface StateFolderOptions {
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** @default homeFolder() */
  readonly home?: string;
}

/**
 * Where this server keeps what must outlive it: the first folder of `$STATE_DIRECTORY`, which systemd sets, else `mcp-server`
 * under `$XDG_STATE_HOME` or `~/.local/state` (XDG Base Directory Specification 0.8). It may not exist yet.
 */
export function stateFolder({ env = process.env, home = homeFolder() }: StateFolderOptions = {}): string {
  const [ofService = ''] = (env['STATE_DIRECTORY'] ?? '').split(':');
  if (isAbsolute(ofService)) return ofService;
  const xdg = env['XDG_STATE_HOME'];
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.local', 'state'), 'mcp-server');
}
