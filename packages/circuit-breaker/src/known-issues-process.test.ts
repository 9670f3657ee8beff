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

describe('timers and memory', () => {
  // https://github.com/resilience4j/resilience4j/issues/351
  test('a process with 10,000 breakers, open, half-open and probing ones among them, exits at once', async () => {
    const { code, output } = await runScript(`
      const registry = new CircuitBreakerRegistry({ maxBreakers: 20_000 });
      for (let n = 0; n < 10_000; n++) {
        const breaker = registry.get('b' + n, { recoveryTimeoutMs: n % 3 === 2 ? 0 : 60_000 });
        breaker.on('transition', () => {});
        if (n % 3 > 0) breaker.trip();
        if (breaker.state === 'half_open') void breaker.execute(() => new Promise(() => {}));
      }
      const end = process.hrtime.bigint();
      process.on('exit', () => {
        const ms = Number(process.hrtime.bigint() - end) / 1e6;
        console.log(JSON.stringify({ size: registry.size, handles: process.getActiveResourcesInfo(), quick: ms < 250 }));
      });
    `);
    expect({ code, ...(JSON.parse(output) as object) }).toEqual({ code: 0, size: 10_000, handles: [], quick: true });
  });

  // https://github.com/nodeshift/opossum/issues/648
  test('100,000 calls do not grow the heap, and no error object is kept', async () => {
    const { code, output } = await runScript(
      `
      const breaker = new CircuitBreaker({ name: 'x', failureThreshold: 1e9 });
      const grown = async (calls) => {
        for (let n = 0; n < calls; n++) {
          await breaker.execute(async () => n % 2 && Promise.reject(new Error('x'.repeat(1000) + n))).catch(() => {});
        }
        gc();
        return process.memoryUsage().heapUsed;
      };
      const before = await grown(20_000);
      const after = await grown(100_000);
      let held;
      await breaker.execute(async () => { const error = new Error('held?'); held = new WeakRef(error); throw error; }).catch(() => {});
      // A WeakRef lets go at the end of the job in which it was made.
      await new Promise(setImmediate);
      gc();
      console.log(JSON.stringify({ bytesPerCall: Math.round((after - before) / 100_000), held: held.deref() !== undefined }));
    `,
      '--expose-gc',
    );
    expect({ code, ...(JSON.parse(output) as object) }).toEqual({ code: 0, bytesPerCall: 0, held: false });
  });
});
