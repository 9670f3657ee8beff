import { setTimeout as elapsed } from 'node:timers/promises';

import type { HttpServerProcess } from './server-process.ts';

/** The environment of a server that reports its heap. */
export const reportsHeap: Record<string, string> = {
  NODE_OPTIONS: `--import=${new URL('report-heap.mjs', import.meta.url).href}`,
};

/** Bytes of the heap of a server after a garbage collection. */
export async function heapOf(running: HttpServerProcess): Promise<number> {
  const known = running.output().stderr.length;
  running.process.kill('SIGUSR2');
  for (;;) {
    const report = /heap after collection: (?<bytes>\d+)\n/u.exec(running.output().stderr.slice(known));
    if (report) return Number(report.groups?.['bytes']);
    await elapsed(50);
  }
}
