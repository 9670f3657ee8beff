import { resolve } from 'node:path';

/**
 * The command with which a client starts this server over stdio.
 *
 * @param file the configuration file; undefined for defaults
 */
export function stdioCommand(file: string | undefined): string[] {
  const program = resolve(process.argv[1] ?? 'mcp-server');
  const config = file === undefined ? [] : ['--config', resolve(file)];
  return [process.execPath, program, '--transport', 'stdio', ...config];
}
