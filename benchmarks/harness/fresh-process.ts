/** Measurements in fresh processes, so that candidates do not affect each other's code, heap or timers. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CANDIDATE = 'BENCH_CANDIDATE';

/**
 * Returns a function that measures one candidate in a process of its own: this file, run again with `--expose-gc`. In
 * such a process it never comes back. Once in a file.
 *
 * @param file `import.meta.url` of the file that asks.
 */
export async function freshProcesses<T>(
  file: string,
  measure: (name: string) => Promise<T>,
): Promise<(name: string) => Promise<T>> {
  const wanted = process.env[CANDIDATE];
  if (wanted === undefined) return (name) => inFreshProcess<T>(file, name);
  process.stdout.write(JSON.stringify(await measure(wanted)));
  process.exit(0);
}

function inFreshProcess<T>(file: string, name: string): Promise<T> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--expose-gc', '--conditions=@mcp/source', fileURLToPath(file)], {
      env: { ...process.env, [CANDIDATE]: name },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(JSON.parse(output) as T);
      else reject(new Error(`the process of ${name} ended with code ${code}`));
    });
  });
}
