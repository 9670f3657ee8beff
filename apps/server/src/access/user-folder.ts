import { isAbsolute, join } from 'node:path';

import { homeFolder } from '../foundation/home-folder.ts';

export interface UserFolderOptions {
  /** @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** @default homeFolder() */
  readonly home?: string;
}

/**
 * The folder of this server among the user's configuration files: `mcp-server` under `$XDG_CONFIG_HOME`, else under
 * `~/.config` (XDG Base Directory Specification 0.8). It may not exist yet.
 */
export function userFolder({ env = process.env, home = homeFolder() }: UserFolderOptions = {}): string {
  const xdg = env['XDG_CONFIG_HOME'];
  // The specification tells programs to ignore a relative path.
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.config'), 'mcp-server');
}
