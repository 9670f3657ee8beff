/** The mixed load: each worker does one kind of thing, over and over, and knows what a right answer is. */
import { callWorkers } from './call-workers.ts';
import type { Client } from './client.ts';
import { jobWorkers } from './job-workers.ts';
import { peerWorkers } from './peer-workers.ts';

export type Worker = (client: Client, round: number) => Promise<void>;
export type Workers = Readonly<Record<string, Worker>>;

export const workers: Workers = { ...callWorkers, ...jobWorkers, ...peerWorkers };
