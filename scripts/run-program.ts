import { spawn } from 'node:child_process';

export interface Finished {
  /** Exit code; null when a signal ended the program, which is also what the time limit does. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly cwd?: string;
  /** Text for standard input, which is closed after it. */
  readonly input?: string;
  /** In milliseconds; past it the program is killed. Default: three minutes. */
  readonly timeoutMs?: number;
}

export function runProgram(program: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      stdio: 'pipe',
      timeout: options.timeoutMs ?? 180_000,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', reject);
    // What a killed program has started may hold its pipes open, and 'close' waits for them.
    child.once('exit', (code) => {
      if (code !== null) return;
      child.stdout.destroy();
      child.stderr.destroy();
    });
    child.once('close', (code) => resolve({ code, stdout, stderr }));
    // A program that ends without reading its input closes the pipe; its exit code says what happened.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });
}

/** Runs a program that must end with 0; otherwise throws with everything it printed. */
export async function mustRun(program: string, args: readonly string[], options?: RunOptions): Promise<Finished> {
  const finished = await runProgram(program, args, options);
  if (finished.code !== 0) {
    const how = finished.code === null ? 'was killed' : `ended with ${finished.code}`;
    throw new Error(`${[program, ...args].join(' ')} ${how}\n${finished.stdout}${finished.stderr}`.trim());
  }
  return finished;
}
