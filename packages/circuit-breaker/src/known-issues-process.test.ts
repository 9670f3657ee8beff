import { spawn } from 'node:child_process';
import { describe, expect, test } from 'vitest';

const INDEX = new URL('./index.ts', import.meta.url).href;

/** Runs a module in a process of its own that may use `CircuitBreaker` and `CircuitBreakerRegistry`. */
function runScript(source: string, ...nodeArguments: string[]): Promise<{ code: number | null; output: string }> {
  const script = `import { CircuitBreaker, CircuitBreakerRegistry } from ${JSON.stringify(INDEX)};\n${source}`;
  const child = spawn(process.execPath, [...nodeArguments, '--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** Their bounds of time and memory are in benchmarks/bounds/circuit-breaker.ts. */
describe('timers and memory', () => {
  // https://github.com/resilience4j/resilience4j/issues/351
  test('a process with 10,000 breakers, open, half-open and probing ones among them, exits by itself', async () => {
    const { code, output } = await runScript(`
      const registry = new CircuitBreakerRegistry({ maxBreakers: 20_000 });
      for (let n = 0; n < 10_000; n++) {
        const breaker = registry.get('b' + n, { recoveryTimeoutMs: n % 3 === 2 ? 0 : 60_000 });
        breaker.on('transition', () => {});
        if (n % 3 > 0) breaker.trip();
        if (breaker.state === 'half_open') void breaker.execute(() => new Promise(() => {}));
      }
      process.on('exit', () => {
        console.log(JSON.stringify({ size: registry.size, handles: process.getActiveResourcesInfo() }));
      });
    `);
    expect({ code, ...(JSON.parse(output) as object) }).toEqual({ code: 0, size: 10_000, handles: [] });
  });

  // https://github.com/nodeshift/opossum/issues/648
  test('no error object is kept in memory', async () => {
    const { code, output } = await runScript(
      `
      const breaker = new CircuitBreaker({ name: 'x' });
      let held;
      await breaker.execute(async () => { const error = new Error('held?'); held = new WeakRef(error); throw error; }).catch(() => {});
      // A WeakRef keeps its target alive until the end of the current job.
      await new Promise(setImmediate);
      gc();
      console.log(JSON.stringify({ held: held.deref() !== undefined }));
    `,
      '--expose-gc',
    );
    expect({ code, ...(JSON.parse(output) as object) }).toEqual({ code: 0, held: false });
  });
});
