import cluster from 'node:cluster';

import { Channel } from '../worker-channel/channel.ts';
import { primaryPort } from '../worker-channel/primary-port.ts';
import type { WorkerTerms } from '../worker-channel/worker-terms.ts';

/** This process as a worker: what its primary gave it, and the way to ask it. */
export interface WorkerPart extends WorkerTerms {
  readonly channel: Channel;
}

const HELLO_TIMEOUT_MS = 30_000;

/** `undefined` in a process that nobody started as a worker: it is the primary. */
export async function joinPrimary(): Promise<WorkerPart | undefined> {
  if (cluster.isPrimary) return undefined;
  const channel = new Channel(primaryPort());
  const terms = await channel.ask<WorkerTerms>('hello', [], HELLO_TIMEOUT_MS);
  return { ...terms, channel };
}
