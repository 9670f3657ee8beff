import { syncBuiltinESMExports } from 'node:module';

/**
 * Keeps standard output for the protocol: from now on `process.stdout` is standard error, so that `console.log` and
 * `process.stdout.write` of a module or a library cannot corrupt the messages to the client. Call it before any foreign code is
 * loaded. Writes to file descriptor 1, and child processes that inherit it, still reach the client.
 *
 * @returns the real standard output
 */
export function reserveStdout(): NodeJS.WriteStream {
  const { stdout } = process;
  Object.defineProperty(process, 'stdout', { configurable: true, enumerable: true, get: () => process.stderr });
  syncBuiltinESMExports();
  return stdout;
}
