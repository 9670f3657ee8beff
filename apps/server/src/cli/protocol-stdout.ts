import { syncBuiltinESMExports } from 'node:module';

/**
 * Keeps standard output for the protocol. From now on, for every module and library that is loaded later, `process.stdout` is
 * standard error, and a child process that would inherit standard output gets standard error instead. So `console.log`, a
 * progress bar or a child with `stdio: 'inherit'` cannot corrupt the messages to the client. Only a direct write to file
 * descriptor 1 still can. Call it before any foreign code is loaded.
 *
 * @returns the real standard output
 */
export function reserveStdout(): NodeJS.WriteStream {
  const { stdout } = process;
  Object.defineProperty(process, 'stdout', { configurable: true, enumerable: true, get: () => process.stderr });
  redirectChildren(stdout);
  syncBuiltinESMExports();
  return stdout;
}

const STDOUT_FD = 1;
const STDERR_FD = 2;

type Options = { stdio?: unknown } | undefined;
type Start = (...args: unknown[]) => unknown;

/** Wraps the functions that start a child with the `stdio` of their caller; `exec` and `execFile` always use pipes. */
function redirectChildren(stdout: NodeJS.WriteStream): void {
  const functions = process.getBuiltinModule('node:child_process') as unknown as Record<string, Start>;
  for (const name of ['spawn', 'spawnSync', 'execSync', 'execFileSync', 'fork']) {
    const start = functions[name];
    if (start === undefined) continue;
    functions[name] = (...args) => {
      // The options are the last argument of each of these functions, and optional.
      const last = args.at(-1);
      const given = typeof last === 'object' && last !== null && !Array.isArray(last) ? (last as Options) : undefined;
      const stdio = redirected(given?.stdio ?? (name === 'fork' ? forkDefault(given) : undefined), stdout);
      if (stdio === undefined) return start(...args);
      return start(...(given === undefined ? args : args.slice(0, -1)), { ...given, stdio });
    };
  }
}

/** A forked child inherits all three streams unless it is `silent`. */
function forkDefault(options: Options): unknown {
  return options && 'silent' in options && options.silent === true
    ? undefined
    : ['inherit', 'inherit', 'inherit', 'ipc'];
}

/** The same `stdio` with standard error in place of standard output; `undefined` when nothing has to change. */
function redirected(stdio: unknown, stdout: NodeJS.WriteStream): unknown {
  if (stdio === 'inherit') return ['inherit', STDERR_FD, 'inherit'];
  if (!Array.isArray(stdio)) return undefined;
  return stdio.map((entry: unknown, index) => {
    const isStdout = entry === stdout || entry === STDOUT_FD || (entry === 'inherit' && index === STDOUT_FD);
    return isStdout ? STDERR_FD : entry;
  });
}
