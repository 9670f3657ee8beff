import { relative } from 'node:path';

/** The command that started this process, as a person would type it again. */
export function invokedAs(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): string {
  const script = argv[1] ?? '';
  if (env['npm_config_user_agent']?.startsWith('pnpm/') === true) return 'npx -y pnpm@12.21.0 exec mcp-server';
  if (env['npm_command'] === 'exec') return 'npx mcp-server';
  return /\.[cm]?js$/.test(script) ? `node ${relative(process.cwd(), script) || script}` : 'mcp-server';
}
