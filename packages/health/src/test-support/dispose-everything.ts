// A program of its own: runs every kind of check, including ones that fail and hang, disposes the monitor, and prints what is left.
import { createHook } from 'node:async_hooks';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { CheckDefinition } from '../check-definition.ts';
import {
  breakerCheck,
  commandCheck,
  cpuCheck,
  diskCheck,
  eventLoopCheck,
  HealthMonitor,
  httpCheck,
  memoryCheck,
  osUtilsSource,
  processCheck,
  tcpCheck,
  toolCheck,
} from '../index.ts';

interface LibuvHandle {
  readonly type: string;
  readonly address: string;
  readonly is_active: boolean;
  readonly is_referenced: boolean;
  /** Milliseconds; 0 for a timer that fires once. */
  readonly repeat?: number;
}

/**
 * Every open handle of the process, including those that do not keep it alive. Unreferenced one-shot timers of libuv are left
 * out: V8 uses them for delayed work. All timers of JavaScript share one handle and are counted below.
 */
function handles(): LibuvHandle[] {
  const { libuv } = process.report.getReport() as { libuv: LibuvHandle[] };
  return libuv.filter(({ type, is_referenced: referenced, repeat }) => {
    return type !== 'loop' && !(type === 'timer' && repeat === 0 && !referenced);
  });
}

const timers = new Set<number>();
const hook = createHook({
  init: (id, type) => void (type === 'Timeout' && timers.add(id)),
  destroy: (id) => void timers.delete(id),
});

const silentServer = createServer();
await new Promise<void>((resolve) => void silentServer.listen(0, '127.0.0.1', resolve));
const { port } = silentServer.address() as AddressInfo;
// The first start of a program creates libuv's signal watcher, which stays.
await new HealthMonitor({ checks: [commandCheck({ name: 'true', command: 'true' })] }).refresh();

/** A check, and a promise for the end of its first run. */
function watched(check: CheckDefinition): { readonly check: CheckDefinition; readonly ended: Promise<void> } {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const run: CheckDefinition['run'] = async (context) => {
    try {
      return await check.run(context);
    } finally {
      resolve();
    }
  };
  return { check: { ...check, run }, ended };
}

const slowCpu = watched(cpuCheck({ sources: [osUtilsSource('cpu')] }));
const hangingHttp = watched(httpCheck({ name: 'http-that-hangs', url: `http://127.0.0.1:${port}/`, timeoutMs: 300 }));
const before = handles();
hook.enable();
{
  await using monitor = new HealthMonitor({
    checks: [
      slowCpu.check,
      cpuCheck({ name: 'cpu-builtin' }),
      memoryCheck(),
      diskCheck(),
      eventLoopCheck(),
      processCheck(),
      toolCheck({ name: 'tool', available: () => true }),
      breakerCheck({ name: 'breaker', breaker: { state: 'open', retryAfterMs: 1 } }),
      tcpCheck({ name: 'tcp', host: '127.0.0.1', port }),
      hangingHttp.check,
      commandCheck({ name: 'command', command: 'sh', args: ['-c', 'sleep 76.006 & exit 0'] }),
      commandCheck({ name: 'command-that-hangs', command: 'sh', args: ['-c', 'sleep 76.006 & sleep 76.006'] }),
    ],
  });
  monitor.start();
  // The CPU figure of node-os-utils takes 205 ms and cannot be aborted; all other checks may be running at disposal.
  await Promise.all([slowCpu.ended, hangingHttp.ended]);
}
// Resources are reported as closed with a delay.
await new Promise((resolve) => void setImmediate(resolve));
hook.disable();
const known = new Set(before.map(({ address }) => address));
const leaked = handles().filter(({ address, is_active: active }) => active && !known.has(address));
silentServer.close();
process.stdout.write(`${JSON.stringify({ leaked: leaked.map(({ type }) => type), timers: timers.size })}\n`);
