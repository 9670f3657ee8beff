import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line that is written while a call runs carries, whoever writes it. */
export const callScope: AsyncLocalStorage<{ readonly correlationId: string }> = new AsyncLocalStorage();
