import type { ToolGateway } from '../calls/tool-gateway.ts';
import type { Logger } from '../observability/log/logger.ts';
import type { JobsPart } from './build-jobs.ts';
import { drained } from './shutdown.ts';

export interface CallsEnding {
  /** Whether the results of all calls have reached their transport. @default always */
  readonly isAnswered?: () => boolean;
  /** Whether the only client has ended the connection, so that nobody waits for what its calls come to. @default false */
  readonly isClientGone?: boolean;
}

export interface CallsToDrain {
  readonly gateway: Pick<ToolGateway, 'running' | 'stopAccepting' | 'abortAll' | 'abortRequests'>;
  readonly jobs: Pick<JobsPart, 'stopStarting' | 'giveBack'>;
  readonly logger: Logger;
  /** Of the calls that run. */
  readonly graceMs: number;
  /** Of calls whose client is gone. @default 1 s: a script that pipes requests in closes stdin, and reads on */
  readonly goneGraceMs?: number;
  /** How long cancelled calls may take to be answered. @default 5 s */
  readonly cancelledMs?: number;
}

/**
 * Refuses new calls, waits for the running ones up to the grace period, then cancels them. Calls whose client is gone are cancelled
 * before; jobs have the whole period all the same.
 */
export async function drainCalls(
  { gateway, jobs, logger, graceMs, goneGraceMs = 1000, cancelledMs = 5000 }: CallsToDrain,
  { isAnswered = () => true, isClientGone = false }: CallsEnding = {},
): Promise<void> {
  const isIdle = (): boolean => gateway.running === 0 && isAnswered();
  gateway.stopAccepting();
  jobs.stopStarting();
  const firstMs = isClientGone ? Math.min(graceMs, goneGraceMs) : graceMs;
  if (await drained(isIdle, firstMs)) return;
  if (isClientGone) {
    logger.info({ running: gateway.running }, 'server.client_gone');
    gateway.abortRequests('the client has ended the connection');
    // What the cancelled calls need to end is part of it; without a job there is nothing else to wait for.
    if (await drained(isIdle, graceMs - firstMs)) return;
  }
  logger.warn({ running: gateway.running }, 'server.stop_kills_calls');
  await jobs.giveBack();
  gateway.abortAll('the server is stopping');
  await drained(isIdle, cancelledMs);
}
