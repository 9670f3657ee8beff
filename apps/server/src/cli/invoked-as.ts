import { isAbsolute, relative } from 'node:path';

/**
 * The command that started this process, as a person would type it again.
 *
 * @param argv0 the Node that was typed; the one of the search path may be another version
 */
export function invokedAs(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  argv0 = 'node',
): string {
  const script = argv[1] ?? '';
  if (env['npm_config_user_agent']?.startsWith('pnpm/') === true) return 'npx -y pnpm@12.21.0 exec mcp-server';
  if (env['npm_command'] === 'exec') return 'npx mcp-server';
  return /\.[cm]?js$/.test(script) ? `${fromHere(argv0)} ${fromHere(script)}` : 'mcp-server';
}

/** Relative where that is shorter; a bare name is found on the search path. */
function fromHere(path: string): string {
  if (!isAbsolute(path)) return path;
  const near = relative(process.cwd(), path);
  return near !== '' && near.length < path.length ? near : path;
}
