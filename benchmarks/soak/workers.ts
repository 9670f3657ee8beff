/** The mixed load: each worker does one kind of thing, over and over, and knows what a right answer is. */
import { callWorkers } from './call-workers.ts';
import { jobWorkers } from './job-workers.ts';
import { peerWorkers } from './peer-workers.ts';
import type { Workers } from './worker.ts';

export const workers: Workers = { ...callWorkers, ...jobWorkers, ...peerWorkers };
