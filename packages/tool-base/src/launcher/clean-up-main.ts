/**
 * Runs when a server has ended without saying so: see `clean-up-process.ts`. The argument is the server's process id. It ends what the
 * helper could not, if that was killed together with the server.
 */

import { setTimeout } from 'node:timers/promises';

import { readProcess } from './processes/process-table.ts';
import { removeStaleFolders } from './folders/stale-folders.ts';

const POLL_MS = 10;
/** Its pipes are closed a moment before it has ended. */
const MAX_POLLS = 500;

const server = Number(process.argv[2]);
for (let polls = 0; polls < MAX_POLLS && readProcess(server)?.ended === false; polls += 1) await setTimeout(POLL_MS);
await removeStaleFolders();
