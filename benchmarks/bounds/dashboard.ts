import { strict as assert } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';

import { dashboardPage, type DashboardPage } from '../../e2e/harness/dashboard-page.ts';
import { simulatedServer, simulatedTools } from '../../e2e/harness/simulated-server.ts';
import type { Bounds } from './bounds.ts';

const TOOLS = 205;
const CALLS_PER_SECOND = 80;
const TRACED_MS = 6000;
const TRACES = 5;
const MAX_TASK_MS = 50;

/** Needs a Chromium. */
export const dashboardBounds: Bounds = {
  'dashboard: with 205 tools and 80 calls a second no task of the page takes 50 ms of processor time': async () => {
    await using server = await simulatedServer(simulatedTools(TOOLS));
    await using dashboard = await dashboardPage(server.url);
    await dashboard.open('some-key-0123456789abcdef');
    await dashboard.page.getByText('Live', { exact: true }).waitFor();
    await dashboard.page.setViewportSize({ width: 1600, height: 900 });
    using _ = server.startCalls(CALLS_PER_SECOND);
    await sleep(1000);
    let shortest = Infinity;
    // The best of some: other processes can only make it longer.
    for (let i = 0; i < TRACES && shortest >= MAX_TASK_MS; i++) {
      const tasks = await traceTasks(dashboard, () => sleep(TRACED_MS));
      assert(tasks.length > 100, `only ${tasks.length} tasks were traced`);
      shortest = Math.min(shortest, Math.max(...tasks));
    }
    assert(shortest < MAX_TASK_MS, `${shortest.toFixed(1)} ms`);
    assert.deepEqual(dashboard.pageErrors, []);
  },
};

/** @returns the processor time of each task of the page's main thread, in milliseconds */
async function traceTasks({ page }: DashboardPage, work: () => Promise<unknown>): Promise<number[]> {
  interface TraceEvent {
    readonly name: string;
    readonly ph: string;
    readonly pid: number;
    readonly tid: number;
    readonly tdur?: number;
    readonly args?: { readonly name?: string };
  }
  const events: TraceEvent[] = [];
  const session = await page.context().newCDPSession(page);
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['disabled-by-default-devtools.timeline', '__metadata'] },
  });
  await work();
  await session.send('Tracing.end');
  await complete;
  await session.detach();
  const main = new Set(
    events
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid}.${tid}`),
  );
  return events
    .filter(({ name, ph, pid, tid }) => name === 'RunTask' && ph === 'X' && main.has(`${pid}.${tid}`))
    .map(({ tdur = 0 }) => tdur / 1000);
}
