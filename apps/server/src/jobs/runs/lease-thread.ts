/** The thread that renews leases in place of an event loop that is late, started by `lease-guard.ts`. */
import { setTimeout as elapsed } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';

import { renewLeases } from '../stores/sql/job-leases.ts';
import { databaseOpener } from '../stores/sql/open-database.ts';
import { LATE_LOOKS, lookEveryMs, NOTHING_RUNS, type LeaseThreadData } from './lease-guard.ts';

const { address, lease, looks } = workerData as LeaseThreadData;
const lookMs = lookEveryMs(lease);
// Loaded before it is needed.
const open = await databaseOpener(address);

for (;;) {
  Atomics.wait(looks, 0, NOTHING_RUNS);
  await elapsed(lookMs);
  const before = Atomics.load(looks, 0);
  // The event loop renews every third of the lease. Half of it is left for the connection.
  if (before >= LATE_LOOKS) await renew();
  else if (before !== NOTHING_RUNS) Atomics.compareExchange(looks, 0, before, before + 1);
}

async function renew(): Promise<void> {
  const before = Atomics.load(looks, 0);
  try {
    await using database = await open();
    await renewLeases(database, lease);
    // Unless the event loop has renewed meanwhile, or nothing runs any more.
    Atomics.compareExchange(looks, 0, before, 0);
  } catch (error) {
    Atomics.compareExchange(looks, 0, before, before + 1);
    // An error of a library may hold what cannot be sent.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
    parentPort?.postMessage(new Error(error instanceof Error ? error.message : 'The store does not answer.'));
  }
}
