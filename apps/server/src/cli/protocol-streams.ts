import { syncBuiltinESMExports } from 'node:module';
import { Readable } from 'node:stream';

export interface ProtocolStreams {
  readonly input: Readable;
  readonly output: NodeJS.WriteStream;
}

/**
 * Keeps standard input and output for the protocol. From now on, for every module and library that is loaded later,
 * `process.stdout` is standard error, `process.stdin` is empty, and a child process that would inherit them gets standard
 * error and nothing instead. So `console.log`, a progress bar, a child with `stdio: 'inherit'` or a write to file descriptor
 * 1 through `node:fs` cannot corrupt the messages to the client, a library that reads or pauses `process.stdin` takes none
 * from it, and closing file descriptor 1, as a write stream on it does at its end, does not close the connection. Worker
 * threads have a `node:fs` of their own and native code needs none, so these still can use the file descriptors. Call it
 * before any foreign code is loaded.
 *
 * @returns the real streams
 */
export function reserveStreams(): ProtocolStreams {
  const streams = { input: standardInput(), output: process.stdout };
  const empty = Readable.from([]);
  Object.defineProperty(process, 'stdout', { configurable: true, enumerable: true, get: () => process.stderr });
  Object.defineProperty(process, 'stdin', { configurable: true, enumerable: true, get: () => empty });
  redirectChildren(streams);
  redirectWrites();
  redirectReads();
  syncBuiltinESMExports();
  return streams;
}

/** A file, unlike a pipe or a terminal, is read through `node:fs`, so the stream keeps the functions that are wrapped below. */
function standardInput(): Readable {
  const { ReadStream, createReadStream, open, read, close } = process.getBuiltinModule('node:fs');
  if (!(process.stdin instanceof ReadStream)) return process.stdin;
  return createReadStream('', { fd: STDIN_FD, autoClose: false, fs: { open, read, close } });
}

const STDIN_FD = 0;
const STDOUT_FD = 1;
const STDERR_FD = 2;
const NOTHING = '/dev/null';

const STDIN_FILES = new Set<unknown>([STDIN_FD, '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);
const STDOUT_FILES = new Set<unknown>([STDOUT_FD, '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']);

type Options = { stdio?: unknown } | undefined;
type Start = (...args: unknown[]) => unknown;

/** Wraps the functions that start a child with the `stdio` of their caller; `exec` and `execFile` always use pipes. */
function redirectChildren(streams: ProtocolStreams): void {
  const functions = process.getBuiltinModule('node:child_process') as unknown as Record<string, Start>;
  for (const name of ['spawn', 'spawnSync', 'execSync', 'execFileSync', 'fork']) {
    const start = functions[name];
    if (start === undefined) continue;
    functions[name] = (...args) => {
      // The options are the last argument of each of these functions, and optional.
      const last = args.at(-1);
      const given = typeof last === 'object' && last !== null && !Array.isArray(last) ? (last as Options) : undefined;
      const stdio = redirected(given?.stdio ?? (name === 'fork' ? forkDefault(given) : undefined), streams);
      if (stdio === undefined) return start(...args);
      return start(...(given === undefined ? args : args.slice(0, -1)), { ...given, stdio });
    };
  }
}

/** Wraps the functions that write to a file descriptor, and those that open the file that stands for it. */
function redirectWrites(): void {
  const fs = process.getBuiltinModule('node:fs');
  const writes = [
    'write',
    'writeSync',
    'writev',
    'writevSync',
    'writeFile',
    'writeFileSync',
    'appendFile',
    'appendFileSync',
  ];
  redirectFirst(fs as unknown as Record<string, Start>, writes, STDERR_FD);
  redirectFirst(fs as unknown as Record<string, Start>, ['open', 'openSync'], '/dev/stderr');
  keepOpen(fs as unknown as Record<string, Start>);
  redirectFirst(fs.promises as unknown as Record<string, Start>, ['open', 'writeFile', 'appendFile'], '/dev/stderr');
}

/** Wraps the functions that read a file descriptor or a file as a whole: there is nothing to read on standard input. */
function redirectReads(): void {
  const fs = process.getBuiltinModule('node:fs');
  const functions = fs as unknown as Record<string, Start>;
  redirectFirst(functions, ['read', 'readSync', 'readv', 'readvSync'], fs.openSync(NOTHING, 'r'), STDIN_FILES);
  redirectFirst(functions, ['readFile', 'readFileSync', 'open', 'openSync', 'createReadStream'], NOTHING, STDIN_FILES);
  redirectFirst(fs.promises as unknown as Record<string, Start>, ['open', 'readFile'], NOTHING, STDIN_FILES);
}

function redirectFirst(
  functions: Record<string, Start>,
  names: readonly string[],
  instead: unknown,
  files = STDOUT_FILES,
): void {
  for (const name of names) {
    const original = functions[name];
    if (original === undefined) continue;
    functions[name] = (file, ...rest) => original(files.has(file) ? instead : file, ...rest);
  }
}

function keepOpen(functions: Record<string, Start>): void {
  const { close, closeSync } = functions;
  functions['close'] = (fd, done) => {
    if (fd !== STDOUT_FD) return close?.(fd, done);
    if (typeof done === 'function') process.nextTick(done, null);
    return undefined;
  };
  functions['closeSync'] = (fd) => (fd === STDOUT_FD ? undefined : closeSync?.(fd));
}

/** A forked child inherits all three streams unless it is `silent`. */
function forkDefault(options: Options): unknown {
  return options && 'silent' in options && options.silent === true
    ? undefined
    : ['inherit', 'inherit', 'inherit', 'ipc'];
}

/**
 * The same `stdio` with standard error in place of standard output, and nothing in place of standard input; `undefined` when
 * nothing has to change.
 */
function redirected(stdio: unknown, { input, output }: ProtocolStreams): unknown {
  if (stdio === 'inherit') return ['ignore', STDERR_FD, 'inherit'];
  if (!Array.isArray(stdio)) return undefined;
  return stdio.map((entry: unknown, index) => {
    const isStream = (stream: unknown, fd: number): boolean =>
      entry === stream || entry === fd || (entry === 'inherit' && index === fd);
    if (isStream(input, STDIN_FD)) return 'ignore';
    return isStream(output, STDOUT_FD) ? STDERR_FD : entry;
  });
}
