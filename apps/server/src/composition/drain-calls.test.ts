import { pino } from 'pino';
import { expect, test } from 'vitest';

import { heldTool, type HeldRun } from '../transports/mcp/test-support/held-tool.ts';
import { testDependencies } from '../transports/mcp/test-support/test-dependencies.ts';
import { drainCalls, type CallsEnding } from './drain-calls.ts';

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

const FOREVER_MS = 600_000;

/** What makes a run that of a job. */
const allowance = {
  timeoutMs: FOREVER_MS,
  maxOutputBytes: 1000,
  maxReadBytes: 1000,
  keepOutput: () => {},
  readHint: () => '',
};

/** A call and a job that run while the server ends. */
async function ending(cause: CallsEnding, graceMs: number) {
  const runs: HeldRun[] = [];
  const { gateway } = testDependencies([heldTool('held', 'auto', runs)]);
  const request = { name: 'held', arguments: {}, principal: { name: 'ann', scopes: ['tools:call'] as const } };
  const call = gateway.call(request);
  const job = gateway.runJob({ ...request, correlationId: 'job', allowance });
  await expect.poll(() => runs.length).toBe(2);
  const logged: string[] = [];
  let givenBack = 0;
  const drained = drainCalls(
    {
      gateway,
      jobs: { stopStarting: () => {}, giveBack: async () => void givenBack++ },
      logger: pino({}, { write: (line: string) => void logged.push((JSON.parse(line) as { msg: string }).msg) }),
      graceMs,
      goneGraceMs: 0,
    },
    cause,
  );
  return { runs, call, job, drained, logged, givenBack: () => givenBack };
}

test('a call whose client is gone is cancelled long before the grace period is over, and a job is not', async () => {
  const { runs, call, job, drained, logged, givenBack } = await ending({ isClientGone: true }, FOREVER_MS);
  expect(await call).toMatchObject({ ok: false, error: { type: 'cancelled' } });
  await turn();
  for (const run of runs) run.end('done');
  expect(await job).toMatchObject({ ok: true });
  await drained;
  expect(logged).toEqual(['server.client_gone']);
  expect(givenBack()).toBe(0);
});

test('while there is a client, calls and jobs have the grace period', async () => {
  const { runs, call, job, drained, logged } = await ending({}, FOREVER_MS);
  await turn();
  for (const run of runs) run.end('done');
  expect([await call, await job]).toMatchObject([{ ok: true }, { ok: true }]);
  await drained;
  expect(logged).toEqual([]);
});

test.each([true, false])('at the end of the grace period everything is cancelled (client gone: %s)', async (isGone) => {
  const { call, job, drained, logged, givenBack } = await ending({ isClientGone: isGone }, 0);
  expect([await call, await job]).toMatchObject([{ ok: false }, { ok: false }]);
  await drained;
  expect(logged.at(-1)).toBe('server.stop_kills_calls');
  expect(givenBack()).toBe(1);
});
